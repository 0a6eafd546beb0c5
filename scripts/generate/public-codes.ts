import { publicCodes, type ReasonRow, reasons } from '@admit-one/core';
import { failureOf, verdictOf } from '../../libs/client/src/machine/verdict.ts';

const rows: readonly ReasonRow[] = Object.values(reasons);

/** Whether the statuses and close codes that come with a public code say by themselves what is done about it. */
function goesWithoutSaying(code: string): boolean {
  return rows
    .filter((row) => row.code === code)
    .every(({ http, close, client }) =>
      [http, close].every((told) => told === null || verdictOf(failureOf(told)).action === client),
    );
}

/** `libs/client/src/public-codes.ts`, made of the reasons table: the client imports nothing. */
export function publicCodesSource(): string {
  const codes = Object.keys(publicCodes);
  const actions = codes
    .filter((code) => !goesWithoutSaying(code))
    .map((code) => `  ${code}: '${rows.find((row) => row.code === code)?.client}',`);
  return `/**
 * What a client does about public codes of the server, where neither the HTTP status nor the close code says it already.
 * Written from the server's table of reasons by \`npm run generate\`.
 */
export const actionOfCode = {
${actions.join('\n')}
} as const;

/** What the server says of a refusal: the \`code\` of its problem document, or the first word of its close reason. */
export type PublicCode =
${codes.map((code) => `  | '${code}'`).join('\n')};
`;
}
