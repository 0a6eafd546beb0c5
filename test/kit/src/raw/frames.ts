import { randomBytes } from 'node:crypto';

/** RFC 6455, section 11.8. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One frame as it is on the wire (RFC 6455, section 5.2), its payload unmasked. */
export interface Frame {
  readonly fin: boolean;
  /** The three reserved bits as a number, 0 to 7. */
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly payload: Buffer;
}

/** A frame to send; right by default, wrong in whatever way a test wants. */
export interface FrameToSend {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly masked?: boolean;
  /** The length to claim instead of the payload's own. */
  readonly length?: number | bigint;
}

/** The bytes of a frame. */
export function encodeFrame(frame: FrameToSend): Buffer {
  const { opcode, fin = true, rsv = 0, masked = true } = frame;
  const payload = Buffer.from(frame.payload ?? '');
  const first = Buffer.of((fin ? 0x80 : 0) | (rsv << 4) | opcode);
  const length = encodeLength(BigInt(frame.length ?? payload.length), masked);
  if (!masked) return Buffer.concat([first, length, payload]);
  const mask = randomBytes(4);
  return Buffer.concat([first, length, mask, masking(payload, mask)]);
}

function encodeLength(length: bigint, masked: boolean): Buffer {
  const maskBit = masked ? 0x80 : 0;
  if (length < 126n) return Buffer.of(maskBit | Number(length));
  if (length < 65536n) return Buffer.of(maskBit | 126, Number(length >> 8n), Number(length & 0xffn));
  const bytes = Buffer.alloc(9);
  bytes.writeUInt8(maskBit | 127);
  bytes.writeBigUInt64BE(length, 1);
  return bytes;
}

function masking(payload: Buffer, mask: Buffer): Buffer {
  return Buffer.from(payload.map((byte, at) => byte ^ mask.readUInt8(at % 4)));
}

/** The frame that begins at an offset and the offset behind it, or undefined where it is not complete yet. */
export function decodeFrame(bytes: Buffer, offset: number): { frame: Frame; end: number } | undefined {
  const head = decodeHead(bytes, offset);
  if (!head || bytes.length < head.end) return undefined;
  const { masked, maskAt, payloadAt, end } = head;
  const first = bytes.readUInt8(offset);
  const payload = bytes.subarray(payloadAt, end);
  const frame = {
    fin: first >= 0x80,
    rsv: (first >> 4) & 7,
    opcode: first & 15,
    masked,
    payload: masked ? masking(payload, bytes.subarray(maskAt, payloadAt)) : payload,
  };
  return { frame, end };
}

function decodeHead(bytes: Buffer, offset: number) {
  if (bytes.length < offset + 2) return undefined;
  const second = bytes.readUInt8(offset + 1);
  const masked = second >= 0x80;
  const short = second & 0x7f;
  const lengthAt = offset + 2;
  const maskAt = lengthAt + (short === 127 ? 8 : short === 126 ? 2 : 0);
  const payloadAt = maskAt + (masked ? 4 : 0);
  if (bytes.length < payloadAt) return undefined;
  const length =
    short === 127
      ? Number(bytes.readBigUInt64BE(lengthAt))
      : short === 126
        ? bytes.readUInt16BE(lengthAt)
        : short;
  return { masked, maskAt, payloadAt, end: payloadAt + length };
}

/** The payload of a close frame (RFC 6455, section 5.5.1). */
export function encodeClose(code: number, reason = ''): Buffer {
  return Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason)]);
}

/** What a close frame says: code 1005 where it says nothing. */
export function decodeClose({ payload }: Frame): { code: number; reason: string } {
  if (payload.length < 2) return { code: 1005, reason: '' };
  return { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
}
