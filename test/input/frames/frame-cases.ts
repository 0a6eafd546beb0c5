import { encodeClose, encodeFrame, type FrameToSend, opcodes } from '@admit-one/testkit';

const { text, binary, continuation, close, ping, pong } = opcodes;

/** What a client sends after its admission to an echo route, and what must come of it. */
export interface FrameCase {
  readonly what: string;
  /** Write by write. */
  readonly sends: readonly (FrameToSend | Buffer)[];
  /** How the client leaves after that: by a FIN or by an RST. */
  readonly leaves?: 'end' | 'abort';
  /** The frames that come back, exactly, before a close frame. */
  readonly replies: readonly FrameToSend[];
  readonly end: End;
}

/** How the connection ends, on the wire and in the audit log; `open`: it doesn't. */
export type End =
  | { readonly by: 'open' | 'network' }
  /** The edge sends a close frame with `code` and `closeText`; the audit log has `recorded` as its text. */
  | {
      readonly by: 'edge';
      readonly code: number;
      readonly closeText: string;
      readonly recorded: string;
      readonly reason: string | null;
    }
  /** The edge echoes the client's close frame. */
  | { readonly by: 'client'; readonly payload: Buffer; readonly code: number; readonly closeText: string };

/** The default of MAX_MESSAGE_BYTES, and how many fragments such a message may have. */
const MAX_BYTES = 65_536;
const MAX_FRAGMENTS = 16;

const hello: FrameToSend = { opcode: text, payload: 'hello' };
const first: FrameToSend = { opcode: text, fin: false, payload: 'frag' };
const done: FrameToSend = { opcode: close, payload: encodeClose(1000, 'done') };
const largest: FrameToSend = { opcode: binary, payload: Buffer.alloc(MAX_BYTES, 0xfe) };

function echoes(
  what: string,
  sends: FrameCase['sends'],
  replies: readonly FrameToSend[] = sends.filter((sent): sent is FrameToSend => !Buffer.isBuffer(sent)),
): FrameCase {
  return { what, sends, replies, end: { by: 'open' } };
}

/** `ws` fails the connection with a bare code; the audit log has the name of its error. */
function breaks(code: number, recorded: string, what: string, ...sends: FrameCase['sends']): FrameCase {
  return { what, sends, replies: [], end: { by: 'edge', code, closeText: '', recorded, reason: null } };
}

function tooBig(what: string, ...sends: FrameCase['sends']): FrameCase {
  const text = { closeText: 'MESSAGE_TOO_BIG', recorded: 'MESSAGE_TOO_BIG' };
  return { what, sends, replies: [], end: { by: 'edge', code: 1009, ...text, reason: 'message_too_big' } };
}

function closes(what: string, payload: Buffer, code: number, closeText = ''): FrameCase {
  return {
    what,
    sends: [{ opcode: close, payload }],
    replies: [],
    end: { by: 'client', payload, code, closeText },
  };
}

function fragments(count: number): readonly FrameToSend[] {
  return Array.from({ length: count }, (_, n) => ({
    opcode: n === 0 ? text : continuation,
    fin: false,
    payload: 'x',
  }));
}

/** One row for each thing that is ours to decide. What is a proper frame is decided, and tested, by `ws`. */
export const frameCases: readonly FrameCase[] = [
  echoes('text and binary', [hello, { opcode: binary, payload: Buffer.of(0xff, 0xfe) }]),
  echoes('the largest message', [largest]),
  echoes(
    'a ping between fragments',
    [first, { opcode: ping, payload: 'p' }, { opcode: continuation, payload: 'ments' }],
    [
      { opcode: pong, payload: 'p' },
      { opcode: text, payload: 'fragments' },
    ],
  ),
  echoes(
    `${MAX_FRAGMENTS} fragments`,
    [...fragments(MAX_FRAGMENTS - 1), { opcode: continuation, payload: 'x' }],
    [{ opcode: text, payload: 'x'.repeat(MAX_FRAGMENTS) }],
  ),
  echoes(
    'a thousand unsolicited pongs',
    Array.from({ length: 1_000 }, () => ({ opcode: pong })),
    [],
  ),
  echoes(
    'a hundred messages in one write',
    [Buffer.concat(Array.from({ length: 100 }, () => encodeFrame(hello)))],
    Array.from({ length: 100 }, () => hello),
  ),

  tooBig('a message one byte too big', { opcode: text, payload: '*'.repeat(MAX_BYTES + 1) }),
  tooBig('only the header of a message one byte too big', { opcode: binary, length: MAX_BYTES + 1 }),
  tooBig('a length of 2^64 - 1', { opcode: binary, length: 2n ** 64n - 1n }),
  tooBig(
    'fragments that are too big together',
    { opcode: text, fin: false, payload: '*'.repeat(MAX_BYTES) },
    { opcode: continuation, payload: '*' },
  ),
  breaks(1008, 'WS_ERR_TOO_MANY_BUFFERED_PARTS', 'one fragment too many', ...fragments(MAX_FRAGMENTS + 1)),
  breaks(1007, 'WS_ERR_INVALID_UTF8', 'bad UTF-8', { opcode: text, payload: Buffer.of(0xff) }),
  breaks(1002, 'WS_ERR_UNEXPECTED_RSV_1', 'compression that was not negotiated', { ...hello, rsv: 4 }),
  breaks(1002, 'WS_ERR_INVALID_OPCODE', 'a reserved opcode', { opcode: 3 }),
  breaks(1002, 'WS_ERR_EXPECTED_MASK', 'an unmasked message', { ...hello, masked: false }),
  {
    ...breaks(1002, 'WS_ERR_INVALID_OPCODE', 'a bad frame behind a message', hello, { opcode: 3 }),
    replies: [hello],
  },

  closes('a close without a code', Buffer.alloc(0), 1005),
  closes('a close with 4999', encodeClose(4999, 'why'), 4999, 'why'),
  closes('a close reason of 123 bytes', encodeClose(1000, 'r'.repeat(123)), 1000, 'r'.repeat(123)),
  closes('a close reason that is not ASCII', encodeClose(4000, 'grüß 😀'), 4000, 'grüß 😀'),
  {
    ...closes('frames behind a close', encodeClose(1000, 'done'), 1000, 'done'),
    sends: [done, hello, { opcode: 3, rsv: 7 }, { opcode: close, payload: encodeClose(4000) }],
  },

  ...(['end', 'abort'] as const).map(
    (leaves): FrameCase => ({
      what: `half a message, then ${leaves === 'end' ? 'FIN' : 'RST'}`,
      sends: [encodeFrame(hello).subarray(0, -2)],
      leaves,
      replies: [],
      end: { by: 'network' },
    }),
  ),
];

export function bytesOf(sent: FrameToSend | Buffer): Buffer {
  return Buffer.isBuffer(sent) ? sent : encodeFrame(sent);
}
