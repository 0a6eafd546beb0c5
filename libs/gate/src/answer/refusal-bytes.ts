import { createHash } from 'node:crypto';
import type { Close } from './close-of.ts';

const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const FIN_AND_CLOSE = 0x88;

/**
 * An upgrade's acceptance and the close frame right behind it: the only refusal whose reason a browser shows to a page.
 */
export function closingResponse(key: string, protocol: string | undefined, close: Close): Buffer {
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

function headOf(lines: readonly string[]): Buffer {
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}
