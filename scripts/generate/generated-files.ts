import { clientGuide } from './client-guide.ts';
import { publicCodesSource } from './public-codes.ts';
import { refusalsSource } from './refusals.ts';
import { configurationPage, reasonsPage } from './tables.ts';

/** A file that is made of the code, or has parts that are. */
export interface GeneratedFile {
  /** Its path in the repository. */
  readonly file: string;
  /** The whole file as it should be. */
  render(root: string): string;
}

export const generatedFiles: readonly GeneratedFile[] = [
  { file: 'docs/configuration.md', render: configurationPage },
  { file: 'docs/reasons.md', render: reasonsPage },
  { file: 'docs/client.md', render: clientGuide },
  { file: 'libs/client/src/public-codes.ts', render: publicCodesSource },
  { file: 'libs/client/src/refusals.ts', render: refusalsSource },
];
