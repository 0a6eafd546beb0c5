import { type Reason, reasonRow } from '@admit-one/core';

/** The code and text of a close frame (RFC 6455, section 5.5.1). */
export interface Close {
  readonly code: number;
  readonly text: string;
}

/** The close code and text that tell a reason. Reasons that close no connection are told as a fault of ours. */
export function closeOf(reason: Reason): Close {
  const row = reasonRow(reason);
  const { code, close } = row.close === null ? reasonRow('internal') : row;
  return { code: close ?? 1011, text: code };
}
