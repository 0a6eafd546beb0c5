/** How a backend closes a connection (RFC 6455, section 7.4). */
export interface CloseOrder {
  readonly code: number;
  readonly text: string;
}

/** The codes of the protocol that a server may send on behalf of an application; applications have 3000 to 4999. */
const PROTOCOL_CODES: readonly number[] = [1000, 1008, 1011, 1012, 1013];
const MAX_REASON_BYTES = 123;

/** Undefined where a close frame can't have this code or reason. */
export function closeOrder(code: number, text: string): CloseOrder | undefined {
  const isOfApplication = Number.isInteger(code) && code >= 3000 && code <= 4999;
  const fits = Buffer.byteLength(text) <= MAX_REASON_BYTES;
  return fits && (isOfApplication || PROTOCOL_CODES.includes(code)) ? { code, text } : undefined;
}
