import { publicCodes, type ReasonRow, reasons } from '@admit-one/core';

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

/** `libs/client/src/refusals.ts`, made of the reasons table: the client imports nothing. */
export function refusalsSource(): string {
  return `import type { PublicCode } from './public-codes.ts';

/** How a server tells a refusal. Null where it never takes that form. */
export interface Refusal {
  /** The HTTP status. */
  readonly http: number | null;
  /** The close code. */
  readonly close: number | null;
}

/** Written from the server's table of reasons by \`npm run generate\`. */
export const refusals: Readonly<Record<PublicCode, Refusal>> = {
${lines()}
};
`;
}
