import { type Reason, reasonRow } from '@admit-one/core';

/** The code and text of a close frame (RFC 6455, section 5.5.1). */
export interface CloseFrame {
  readonly code: number;
  readonly text: string;
}

/** The close frame of a reason. A reason that closes no connection gets that of `internal`. */
export function closeOf(reason: Reason): CloseFrame {
  const row = reasonRow(reason);
  const { code, close } = row.close === null ? reasonRow('internal') : row;
  return { code: close ?? 1011, text: code };
}
