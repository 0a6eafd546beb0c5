import { join } from 'node:path';
import { publicCodes, type ReasonRow, reasons } from '@admit-one/core/reasons';
import { expect, test } from 'vitest';

const rows: readonly ReasonRow[] = Object.values(reasons);

/** One line for each public code, with how its first reason is told. */
function lines(): string {
  return Object.keys(publicCodes)
    .map((code) => {
      const row = rows.find((candidate) => candidate.code === code);
      return `  ${code}: { http: ${row?.http ?? null}, close: ${row?.close ?? null} },`;
    })
    .join('\n');
}

function written(): string {
  return `import type { PublicCode } from './public-codes.ts';

/** How a server tells a refusal. Null where it never takes that form. */
export interface Refusal {
  /** The HTTP status. */
  readonly http: number | null;
  /** The close code. */
  readonly close: number | null;
}

/** Written from the server's table of reasons by \`npm run docs\`. */
export const refusals: Readonly<Record<PublicCode, Refusal>> = {
${lines()}
};
`;
}

test('the refusals are those of the table; `npm run docs` writes them again', async () => {
  await expect(written()).toMatchFileSnapshot(join(import.meta.dirname, 'refusals.ts'));
});
