import { createHash } from 'node:crypto';
import type { CloseFrame } from './close-of.ts';

const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const FIN_AND_CLOSE = 0x88;

/** A 101 with the close frame behind it: the only rejection of an upgrade whose reason a page can read. */
export function closingBytes(key: string, protocol: string | undefined, close: CloseFrame): Buffer {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${createHash('sha1')
      .update(key + WEBSOCKET_GUID)
      .digest('base64')}`,
    ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
  ];
  const text = Buffer.from(close.text);
  const frame = Buffer.from([FIN_AND_CLOSE, text.length + 2, close.code >> 8, close.code & 0xff]);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), frame, text]);
}
