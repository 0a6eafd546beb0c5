import { encodeFrame, type FrameToSend, opcodes } from '@admit-one/testkit';
import { echoes, type FrameCase } from './frame-case.ts';

const { text, binary, continuation, ping, pong } = opcodes;
const hello: FrameToSend = { opcode: text, payload: 'hello' };
const big: FrameToSend = { opcode: binary, payload: Buffer.alloc(65_536, 0xfe) };

function inPieces(bytes: Buffer, length: number): readonly Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, n) =>
    bytes.subarray(n * length, (n + 1) * length),
  );
}

/** Clients that break off, with a FIN and with an RST. */
function breaksOff(what: string, sends: FrameCase['sends'], replies: readonly FrameToSend[] = []) {
  const end = { by: 'network' } as const;
  return [
    { what: `${what}, and a FIN`, sends, breakOff: 'end', replies, end },
    { what: `${what}, and an RST`, sends, breakOff: 'abort', replies: [], end },
  ] as const;
}

/** How bytes arrive, and how they stop. */
export const deliveryCases: readonly FrameCase[] = [
  echoes('the largest message in pieces of 997 bytes', inPieces(encodeFrame(big), 997), [big]),
  echoes(
    'a hundred messages in one piece',
    [Buffer.concat(Array.from({ length: 100 }, () => encodeFrame(hello)))],
    Array.from({ length: 100 }, () => hello),
  ),
  echoes(
    'a message, a ping and a message in one piece',
    [Buffer.concat([hello, { opcode: ping, payload: 'p' }, hello].map(encodeFrame))],
    [hello, { opcode: pong, payload: 'p' }, hello],
  ),
  ...breaksOff('nothing', []),
  ...breaksOff('half a header', [Buffer.of(0x81)]),
  ...breaksOff('a header and no mask', [Buffer.of(0x81, 0x85)]),
  ...breaksOff('half a length', [Buffer.of(0x82, 0xfe, 0x01)]),
  ...breaksOff('half a payload', [encodeFrame(hello).subarray(0, -2)]),
  ...breaksOff('a message without its last fragment', [
    { ...hello, fin: false },
    { opcode: continuation, fin: false },
  ]),
];
