import {
  type Connection,
  connect,
  decodeFrame,
  encodeFrame,
  encodeRequest,
  type Frame,
  type FrameToSend,
  opcodes,
  openSocket,
  type RawSocket,
  within,
} from '@admit-one/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EdgeUnderTest, startEdgeUnderTest } from '../edge-under-test.ts';

let edge: EdgeUnderTest;
let bystander: Connection;

beforeAll(async () => {
  edge = await startEdgeUnderTest({ TICKET_TTL_SECONDS: '300' });
  bystander = await connect(`${edge.url}?ticket=${(await edge.issue()).ticket}`);
});

afterAll(async () => {
  bystander.socket.send('unharmed');
  expect(await bystander.next()).toBe('unharmed');
  await bystander.close();
  await edge.stopHealthy();
});

/** Half-closes, and gives all that was answered once the other side has ended the connection: it must, and soon. */
async function lastWordsTo(raw: RawSocket): Promise<Buffer> {
  raw.end();
  await within(raw.closed, 'the end of the connection');
  return raw.bytes;
}

/** Whatever came in, it was not our fault. */
function expectNoFaultOfOurs(answer: Buffer): void {
  expect(answer.toString('latin1')).not.toMatch(/^HTTP\/1\.1 5\d\d/m);
}

const bytes = fc.uint8Array({ maxLength: 400 });

/** Noise that has the look of a request for some way. */
const almostRequest = fc
  .tuple(
    fc.constantFrom(
      'GET / HTTP/1.1\r\n',
      'POST /api/ws/ticket HTTP/1.1\r\n',
      'GET /ws HTTP/1.1\r\n',
      'GET /',
    ),
    fc.constantFrom('', 'Host: a\r\n', 'Host: a\r\nTransfer-Encoding: chunked\r\n\r\n', 'Host: a\r\n\r\n'),
    bytes,
  )
  .map(([line, head, rest]) => Buffer.concat([Buffer.from(line + head), rest]));

test('any bytes as a request are answered or not, and are the end of the connection with the FIN behind them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(bytes, almostRequest), async (request) => {
      expectNoFaultOfOurs(await lastWordsTo(await openSocket(edge.url, { request })));
    }),
    { numRuns: 300 },
  );
});

interface Edit {
  readonly at: number;
  readonly drop: number;
  readonly insert: string;
}

/** Where in the head, how much of it goes, and what comes instead. */
const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.nat({ max: 12 }),
  insert: fc.oneof(
    fc.string({ unit: 'binary-ascii', maxLength: 8 }),
    fc.constantFrom(
      '\r\n',
      '\r\n\r\n',
      ': ',
      ',',
      '\0',
      ' ',
      '\r\nOrigin: https://a.example',
      '\r\nContent-Length: 5',
    ),
  ),
});

function edited(head: string, { at, drop, insert }: Edit): string {
  const position = Math.floor(at * head.length);
  return head.slice(0, position) + insert + head.slice(position + drop);
}

test('an upgrade with any parts of its head altered is answered or not, and ends with the FIN behind it', async () => {
  const { ticket } = await edge.issue();
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), bytes, async (edits, pipelined) => {
      const url = new URL(`${edge.url}?ticket=${ticket}`);
      const head = edits.reduce(edited, encodeRequest(url, { protocols: ['admit.v1'] }).toString('latin1'));
      const raw = await openSocket(edge.url, { request: Buffer.from(head, 'latin1'), pipelined });
      expectNoFaultOfOurs(await lastWordsTo(raw));
    }),
    { numRuns: 300 },
  );
});

const frame: fc.Arbitrary<FrameToSend> = fc.record(
  {
    opcode: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...Object.values(opcodes)) },
      fc.nat({ max: 15 }),
    ),
    payload: fc.oneof(fc.uint8Array({ maxLength: 140 }), fc.string({ unit: 'grapheme', maxLength: 20 })),
    fin: fc.boolean(),
    rsv: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.nat({ max: 7 })),
    masked: fc.oneof({ weight: 8, arbitrary: fc.constant(true) }, fc.boolean()),
    length: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  },
  { requiredKeys: ['opcode'] },
);

/** The frames of an answer. @throws {Error} where it does not end with a whole one */
function framesIn(answer: Buffer): readonly Frame[] {
  const frames: Frame[] = [];
  let at = answer.indexOf('\r\n\r\n') + 4;
  while (at < answer.length) {
    const decoded = decodeFrame(answer, at);
    if (!decoded) throw new Error('half a frame');
    frames.push(decoded.frame);
    at = decoded.end;
  }
  return frames;
}

test('any frames are answered with none but proper ones, the close frame last', async () => {
  const sent = fc.oneof(
    bytes,
    fc.array(frame, { maxLength: 8 }).map((all) => Buffer.concat(all.map(encodeFrame))),
  );
  const answers = new Set<number>([opcodes.text, opcodes.binary, opcodes.pong, opcodes.close]);
  await fc.assert(
    fc.asyncProperty(sent, async (afterwards) => {
      const { raw } = await edge.admit({ pipelined: afterwards });
      const frames = framesIn(await lastWordsTo(raw));
      for (const { fin, rsv, masked, opcode } of frames)
        expect({ fin, rsv, masked, answers: answers.has(opcode) }).toEqual({
          fin: true,
          rsv: 0,
          masked: false,
          answers: true,
        });
      const closes = frames.map(({ opcode }) => opcode === opcodes.close);
      expect(closes.slice(0, -1)).not.toContain(true);
    }),
    { numRuns: 300 },
  );
});
