import { type FrameToSend, opcodes } from '@admit-one/testkit';
import { echoes, type FrameCase, fails, faults } from './frame-case.ts';

const { text, binary, continuation, close, ping, pong } = opcodes;

const first: FrameToSend = { opcode: text, fin: false, payload: 'frag' };
const middle: FrameToSend = { opcode: continuation, fin: false, payload: 'men' };
const last: FrameToSend = { opcode: continuation, payload: 'ts' };
const whole: FrameToSend = { opcode: text, payload: 'fragments' };
const hello: FrameToSend = { opcode: text, payload: 'hello' };
const aPing: FrameToSend = { opcode: ping, payload: 'between' };
const itsPong: FrameToSend = { opcode: pong, payload: 'between' };

/** As many as a message of the default MAX_MESSAGE_BYTES may have. */
const MAX_FRAGMENTS = 16;
const fragments = (count: number, payload: string): readonly FrameToSend[] =>
  Array.from({ length: count }, (_, n) => ({ opcode: n === 0 ? text : continuation, fin: false, payload }));

/** RFC 6455, section 5.4. */
export const fragmentCases: readonly FrameCase[] = [
  echoes('a message in fragments', [first, middle, last], [whole]),
  echoes(
    'a binary message in fragments',
    [
      { opcode: binary, fin: false, payload: Buffer.of(0xff) },
      { opcode: continuation, payload: Buffer.of(0xfe) },
    ],
    [{ opcode: binary, payload: Buffer.of(0xff, 0xfe) }],
  ),
  echoes('a ping between fragments', [first, aPing, middle, aPing, last], [itsPong, itsPong, whole]),
  echoes('a pong between fragments', [first, itsPong, middle, last], [whole]),
  echoes('fragments without an end so far', [first, middle], []),
  echoes(
    'empty fragments',
    [{ opcode: text, fin: false }, { opcode: continuation, fin: false }, { opcode: continuation }],
    [{ opcode: text }],
  ),
  echoes(
    'empty fragments around a full one',
    [
      { opcode: text, fin: false },
      { opcode: continuation, fin: false, payload: 'middle' },
      { opcode: continuation },
    ],
    [{ opcode: text, payload: 'middle' }],
  ),
  echoes(
    `${MAX_FRAGMENTS} fragments`,
    [...fragments(MAX_FRAGMENTS - 1, 'x'), { opcode: continuation, payload: 'x' }],
    [{ opcode: text, payload: 'x'.repeat(MAX_FRAGMENTS) }],
  ),
  fails('one fragment more', [...fragments(MAX_FRAGMENTS + 1, 'x')], faults.fragments),
  fails('fragments of one byte without end', [...fragments(1_000, 'x')], faults.fragments),
  fails('empty fragments without end', [...fragments(1_000, '')], faults.fragments),
  fails('a continuation of nothing', [last], faults.opcode),
  fails('a continuation of nothing, without FIN', [middle], faults.opcode),
  fails('a continuation of nothing, behind a message', [hello, last], faults.opcode, [hello]),
  fails('a continuation of what has ended', [first, last, last], faults.opcode, [
    { opcode: text, payload: 'fragts' },
  ]),
  fails('a text message inside another', [first, hello], faults.opcode),
  fails('a binary message inside a text message', [first, { opcode: binary, payload: 'x' }], faults.opcode),
  fails('a fragmented message inside another', [first, first], faults.opcode),
  fails('a reserved opcode inside a message', [first, { opcode: 3 }], faults.opcode),
  fails('a fragmented ping', [{ opcode: ping, fin: false, payload: 'x' }], faults.fragmentedControl),
  fails('a fragmented pong', [{ opcode: pong, fin: false }], faults.fragmentedControl),
  fails('a fragmented close', [{ opcode: close, fin: false }], faults.fragmentedControl),
  fails(
    'a fragmented ping inside a message',
    [first, { opcode: ping, fin: false }],
    faults.fragmentedControl,
  ),
];
