import { publicCodes, type Reason, reasonRow } from '@admit-one/core';

/** The code and text of a close frame (RFC 6455, section 5.5.1). */
export interface CloseFrame {
  readonly code: number;
  readonly text: string;
}

/** Close codes from here on are of this service, and mean stop. */
const FIRST_FINAL_CODE = 4500;

/** The close frame of a reason. A reason that closes no connection gets that of `internal`. */
export function closeOf(reason: Reason): CloseFrame {
  const row = reasonRow(reason);
  const { code, close } = row.close === null ? reasonRow('internal') : row;
  // A client that stops for good shows the text to a person.
  const text = close !== null && close >= FIRST_FINAL_CODE ? `${code} ${publicCodes[code]}` : code;
  return { code: close ?? 1011, text };
}
