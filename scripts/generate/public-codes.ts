import { publicCodes, type ReasonRow, reasons } from '@admit-one/core';
import { decideRetry, failureOf } from '../../libs/client/src/machine/retry-decision.ts';

const rows: readonly ReasonRow[] = Object.values(reasons);
const codes = Object.keys(publicCodes);

function firstRowOf(code: string): ReasonRow | undefined {
  return rows.find((row) => row.code === code);
}

/** Whether the HTTP statuses and close codes of a public code already decide what the client does. */
function followsFromStatus(code: string): boolean {
  return rows
    .filter((row) => row.code === code)
    .every(({ http, close, client }) =>
      [http, close].every((status) => status === null || decideRetry(failureOf(status)).action === client),
    );
}

function rejectionLine(code: string): string {
  const { http = null, close = null } = firstRowOf(code) ?? {};
  return `  ${code}: { http: ${http}, close: ${close} },`;
}

/** `libs/client/src/public-codes.ts`, made of the reasons table: the client imports nothing. */
export function publicCodesSource(): string {
  const actions = codes
    .filter((code) => !followsFromStatus(code))
    .map((code) => `  ${code}: '${firstRowOf(code)?.client}',`);
  return `// Generated from the reasons table of the server by \`npm run generate\`. Do not edit.

/** The client's action for public codes whose HTTP status or close code does not decide it. */
export const actionOfCode = {
${actions.join('\n')}
} as const;

/** The server's code for a rejection: \`code\` in a problem document, or the first word of a close reason. */
export type PublicCode =
${codes.map((code) => `  | '${code}'`).join('\n')};

/** How the server sends a public code; null where it never sends it that way. */
export interface RejectionCodes {
  /** The HTTP status. */
  readonly http: number | null;
  /** The close code. */
  readonly close: number | null;
}

export const rejectionCodes: Readonly<Record<PublicCode, RejectionCodes>> = {
${codes.map(rejectionLine).join('\n')}
};
`;
}
