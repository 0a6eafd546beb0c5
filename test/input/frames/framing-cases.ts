import { encodeFrame, type FrameToSend, opcodes } from '@admit-one/testkit';
import { echoes, type FrameCase, fails, faults } from './frame-case.ts';

const { text, binary, continuation, close, ping, pong } = opcodes;
const hello: FrameToSend = { opcode: text, payload: 'hello' };

/** The default of MAX_MESSAGE_BYTES. */
const MAX = 65_536;
const messageTooBig = {
  by: 'edge',
  code: 1009,
  text: 'MESSAGE_TOO_BIG',
  told: 'MESSAGE_TOO_BIG',
  reason: 'message_too_big',
} as const;

/** A frame of five bytes whose length takes more bytes than it needs. */
function longerLength(bytes: 2 | 8): Buffer {
  const proper = encodeFrame(hello);
  const length = Buffer.alloc(bytes);
  length.writeUInt8(5, bytes - 1);
  return Buffer.concat([Buffer.of(0x81, bytes === 2 ? 0xfe : 0xff), length, proper.subarray(2)]);
}

const lengths: readonly FrameCase[] = [0, 1, 125, 126, 127, 128, 65_535, MAX].flatMap((length) => [
  echoes(`text of ${length} bytes`, [{ opcode: text, payload: '*'.repeat(length) }]),
  echoes(`binary of ${length} bytes`, [{ opcode: binary, payload: Buffer.alloc(length, 0xfe) }]),
]);

const tooLong: readonly FrameCase[] = [
  ['a message one byte over the maximum', [{ opcode: text, payload: '*'.repeat(MAX + 1) }]],
  ['the header alone of a message over the maximum', [{ opcode: binary, length: MAX + 1 }]],
  ['a length of 2^32', [{ opcode: binary, length: 2n ** 32n }]],
  ['a length of 2^53', [{ opcode: binary, length: 2n ** 53n }]],
  ['a length of 2^63 - 1', [{ opcode: binary, length: 2n ** 63n - 1n }]],
  ['a length of 2^63, whose top bit must be 0', [{ opcode: binary, length: 2n ** 63n }]],
  ['a length of 2^64 - 1', [{ opcode: binary, length: 2n ** 64n - 1n }]],
  [
    'fragments that are over the maximum together',
    [
      { opcode: text, fin: false, payload: '*'.repeat(MAX) },
      { opcode: continuation, payload: '*' },
    ],
  ],
].map(([what, sends]) => ({ what, sends, replies: [], end: messageTooBig }) as FrameCase);

const reservedBits: readonly FrameCase[] = [1, 2, 3, 4, 5, 6, 7].map((rsv) =>
  fails(
    `reserved bits ${rsv.toString(2).padStart(3, '0')}, behind a message`,
    [hello, { ...hello, rsv }],
    rsv === 4 ? faults.rsv1 : faults.rsv2or3,
    [hello],
  ),
);

const compressed: readonly FrameCase[] = [
  { name: 'text', opcode: text },
  { name: 'ping', opcode: ping },
  { name: 'pong', opcode: pong },
  { name: 'close', opcode: close },
].map(({ name, opcode }) =>
  fails(`a ${name} marked as compressed, without the extension`, [{ opcode, rsv: 4 }], faults.rsv1),
);

const reservedOpcodes: readonly FrameCase[] = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode) => [
  fails(`reserved opcode ${opcode}`, [{ opcode }], faults.opcode),
  fails(
    `reserved opcode ${opcode} with a payload, behind a message`,
    [hello, { opcode, payload: 'x' }],
    faults.opcode,
    [hello],
  ),
]);

const unmasked: readonly FrameCase[] = [
  { name: 'text', opcode: text, payload: 'x' },
  { name: 'empty binary', opcode: binary },
  { name: 'ping', opcode: ping, payload: 'x' },
  { name: 'pong', opcode: pong },
  { name: 'close', opcode: close },
].map(({ name, ...frame }) => fails(`unmasked ${name}`, [{ ...frame, masked: false }], faults.unmasked));

/** RFC 6455, section 5.2. */
export const framingCases: readonly FrameCase[] = [
  ...lengths,
  ...tooLong,
  echoes('a length in 2 bytes where 7 bits do: taken, though a sender must not', [longerLength(2)], [hello]),
  echoes('a length in 8 bytes where 7 bits do: taken, though a sender must not', [longerLength(8)], [hello]),
  echoes('a mask of zeros', [Buffer.from('\x81\x85\0\0\0\0hello', 'latin1')], [hello]),
  ...reservedBits,
  ...compressed,
  fails(
    'a continuation marked as compressed',
    [
      { opcode: text, fin: false },
      { opcode: continuation, rsv: 4 },
    ],
    faults.rsv1,
  ),
  ...reservedOpcodes,
  ...unmasked,
  fails('an HTTP request', [Buffer.from('GET / HTTP/1.1\r\n\r\n')], faults.rsv1),
  fails('a TLS hello', [Buffer.from('16030100a5010000a10303', 'hex')], faults.rsv2or3),
  fails('zeros', [Buffer.alloc(64)], faults.opcode),
  fails('ones', [Buffer.alloc(64, 0xff)], faults.rsv2or3),
];
