import { createHash } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { type Reason, reasonRow } from '@admit-one/core';
import { PROBLEM_TYPE, problemOf } from '@admit-one/runtime';

const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const FIN_AND_CLOSE = 0x88;

/** When to come back, by status, in seconds: soon where it is our fault, later where it is too much. */
const RETRY_AFTER_SECONDS: Readonly<Record<number, number>> = { 429: 5, 503: 1 };

/** A whole HTTP response that refuses an upgrade with the problem document of a reason. */
export function problemResponse(reason: Reason, traceId: string, detail?: string): Buffer {
  const problem = problemOf(reason, traceId, { detail });
  const { status } = problem;
  const body = Buffer.from(JSON.stringify(problem));
  const retryAfter = RETRY_AFTER_SECONDS[status];
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Connection: ${status === 426 ? 'Upgrade, close' : 'close'}`,
    ...(status === 426 ? ['Upgrade: websocket', 'Sec-WebSocket-Version: 13'] : []),
    ...(status === 401 ? ['WWW-Authenticate: Ticket'] : []),
    ...(retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`]),
    'Cache-Control: no-store',
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${body.length}`,
  ];
  return Buffer.concat([headOf(lines), body]);
}

/**
 * An upgrade's acceptance and the close frame right behind it: the only refusal whose reason a browser shows to a page.
 * @param close the code and text of the frame (RFC 6455, section 5.5.1)
 */
export function closingResponse(
  key: string,
  protocol: string | undefined,
  close: { readonly code: number; readonly text: string },
): Buffer {
  const head = headOf([
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${createHash('sha1')
      .update(key + WEBSOCKET_GUID)
      .digest('base64')}`,
    ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
  ]);
  const text = Buffer.from(close.text);
  const frame = Buffer.from([FIN_AND_CLOSE, text.length + 2, close.code >> 8, close.code & 0xff]);
  return Buffer.concat([head, frame, text]);
}

/** The close code and text that tell a reason. Reasons that close no connection are told as a fault of ours. */
export function closeOf(reason: Reason): { readonly code: number; readonly text: string } {
  const row = reasonRow(reason);
  const { code, close } = row.close === null ? reasonRow('internal') : row;
  return { code: close ?? 1011, text: code };
}

function headOf(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}
