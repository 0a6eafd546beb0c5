import { encodeClose, encodeFrame, type FrameToSend, opcodes } from '@admit-one/testkit';
import { echoes, type FrameCase, fails, faults } from './frame-case.ts';

const { text, continuation, close, ping, pong } = opcodes;
const hello: FrameToSend = { opcode: text, payload: 'hello' };

const pings: readonly FrameCase[] = [
  ['an empty ping', ''],
  ['a ping', 'hello'],
  ['a ping of 125 bytes', 'p'.repeat(125)],
  ['a ping of bytes that are no text', Buffer.of(0, 255, 254, 0)],
].map(([what, payload]) =>
  echoes(
    String(what),
    [{ opcode: ping, payload: payload ?? '' }],
    [{ opcode: pong, payload: payload ?? '' }],
  ),
);

const tooLong: readonly FrameCase[] = [
  ['ping', ping],
  ['pong', pong],
  ['close', close],
].flatMap(([name, opcode]) =>
  [126, 65_536].map((length) =>
    fails(
      `a ${name} of ${length} bytes`,
      [{ opcode: Number(opcode), payload: Buffer.alloc(length, 0x70) }],
      faults.controlLength,
    ),
  ),
);

function closes(what: string, payload: Buffer, code: number, text = ''): FrameCase {
  return {
    what,
    sends: [{ opcode: close, payload }],
    replies: [],
    end: { by: 'client', payload, code, text },
  };
}

const goodCodes = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
];
const badCodes = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
const badReasons: Readonly<Record<string, Buffer>> = {
  'that is not UTF-8': Buffer.of(0xff),
  'that is cut within a character': Buffer.from('😀').subarray(0, 3),
  'with a surrogate': Buffer.of(0xed, 0xa0, 0x80),
};
const done: FrameToSend = { opcode: close, payload: encodeClose(1000, 'done') };
const closedByClient = closes('', encodeClose(1000, 'done'), 1000, 'done').end;

/** RFC 6455, sections 5.5 and 7.4. */
export const controlCases: readonly FrameCase[] = [
  ...pings,
  ...tooLong,
  echoes(
    'ten pings at once',
    [Buffer.concat(Array.from({ length: 10 }, (_, n) => encodeFrame({ opcode: ping, payload: `${n}` })))],
    Array.from({ length: 10 }, (_, n) => ({ opcode: pong, payload: `${n}` })),
  ),
  echoes('a pong that nobody asked for', [{ opcode: pong, payload: 'hello' }], []),
  echoes(
    'a thousand pongs',
    Array.from({ length: 1_000 }, () => ({ opcode: pong })),
    [],
  ),

  closes('a close that says nothing', Buffer.alloc(0), 1005),
  ...goodCodes.map((code) => closes(`a close with ${code}`, encodeClose(code, 'why'), code, 'why')),
  closes('a close without a reason', encodeClose(1000), 1000),
  closes('a reason of 123 bytes', encodeClose(1000, 'r'.repeat(123)), 1000, 'r'.repeat(123)),
  closes('a reason that is not ASCII', encodeClose(4000, 'grüß 😀'), 4000, 'grüß 😀'),
  fails(
    'a reason of 124 bytes',
    [{ opcode: close, payload: encodeClose(1000, 'r'.repeat(124)) }],
    faults.controlLength,
  ),
  fails('a close with half a code', [{ opcode: close, payload: Buffer.of(3) }], faults.controlLength),
  ...badCodes.map((code) =>
    fails(`a close with ${code}`, [{ opcode: close, payload: encodeClose(code) }], faults.closeCode),
  ),
  ...Object.entries(badReasons).map(([what, reason]) =>
    fails(
      `a reason ${what}`,
      [{ opcode: close, payload: Buffer.concat([encodeClose(1000), reason]) }],
      faults.utf8,
    ),
  ),
  { what: 'a message, and a close behind it', sends: [hello, done], replies: [hello], end: closedByClient },
  {
    what: 'a close inside a message',
    sends: [{ ...hello, fin: false }, done],
    replies: [],
    end: closedByClient,
  },
  { what: 'a message behind the close', sends: [done, hello], replies: [], end: closedByClient },
  { what: 'a ping behind the close', sends: [done, { opcode: ping }], replies: [], end: closedByClient },
  {
    what: 'a broken frame behind the close',
    sends: [done, { opcode: 3, rsv: 7 }],
    replies: [],
    end: closedByClient,
  },
  {
    what: 'a second close with another code',
    sends: [done, { opcode: close, payload: encodeClose(4000, 'again') }],
    replies: [],
    end: closedByClient,
  },
  {
    what: 'a continuation behind a close inside a message',
    sends: [{ ...hello, fin: false }, done, { opcode: continuation, payload: 'x' }],
    replies: [],
    end: closedByClient,
  },
];
