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
  within,
} from '@admit-one/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EdgeUnderTest, startEdgeUnderTest } from '../edge-under-test.ts';
import { expectSoundLogs } from '../sound-logs.ts';
import { anyRequest, mutationsOf } from './arbitrary-requests.ts';

/** How long bytes that may or may not be a whole request are given to be answered. */
const PATIENCE_MS = 80;
/** What one run of a property sends at the same time, so that waiting costs nothing. */
const AT_A_TIME = 10;

let edge: EdgeUnderTest;
let bystander: Connection;

beforeAll(async () => {
  edge = await startEdgeUnderTest({ TICKET_TTL_SECONDS: '300', LOG_LEVEL: 'debug' });
  bystander = await connect(`${edge.url}?ticket=${(await edge.issue()).ticket}`);
});

afterAll(async () => {
  bystander.socket.send('still there?');
  expect(await bystander.next()).toBe('still there?');
  await bystander.close();
  expectSoundLogs(edge.stack);
  await edge.stopHealthy();
});

/** Checks values, several at a time. */
async function forAll<T>(
  values: fc.Arbitrary<T>,
  runs: number,
  check: (value: T) => Promise<void>,
): Promise<void> {
  const several = fc.array(values, { minLength: AT_A_TIME, maxLength: AT_A_TIME });
  await fc.assert(
    fc.asyncProperty(several, async (all) => void (await Promise.all(all.map(check)))),
    { numRuns: runs / AT_A_TIME },
  );
}

/** Sends bytes and then a FIN: the service must end the connection too, without a 5xx. */
async function expectHarmless(request: Uint8Array): Promise<void> {
  const socket = await openSocket(edge.url, { request });
  await within(socket.response(), 'an answer', PATIENCE_MS).catch(() => {});
  socket.end();
  await within(socket.closed, 'the end of the connection');
  expect(socket.bytes.toString('latin1')).not.toMatch(/^HTTP\/1\.1 5\d\d/m);
}

test('any bytes are answered or not, and the connection ends', async () => {
  await forAll(fc.uint8Array({ maxLength: 2_000 }), 150, expectHarmless);
});

test('any request of a user is answered', async () => {
  const authorization = `Bearer ${await edge.stack.users.token()}`;
  await forAll(anyRequest(authorization), 300, expectHarmless);
});

test('any request of an operator is answered', async () => {
  const authorization = `Bearer ${await edge.stack.operatorToken()}`;
  await forAll(anyRequest(authorization), 300, expectHarmless);
});

test('a good request with any parts altered is answered or not, and the connection ends', async () => {
  const user = await edge.stack.users.token();
  const { ticket } = await edge.issue();
  const requests = [
    Buffer.from(
      `POST /api/websocket/ticket?route=chat HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${user}\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"route":"chat"}`,
    ),
    Buffer.from(
      'POST /api/v1/auth/token HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    ),
    Buffer.from(
      `GET /api/v1/audit/events?from=2026-01-31T12:00:00Z&limit=10&order=desc HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${await edge.stack.operatorToken()}\r\n\r\n`,
    ),
    encodeRequest(new URL(`${edge.url}?ticket=${ticket}`), { protocols: ['admit.v1'] }),
  ];
  await forAll(fc.constantFrom(...requests).chain(mutationsOf), 600, expectHarmless);
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

/** The frames behind the head of a 101. @throws {Error} where the last one is not whole */
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

test('any frames are answered with proper frames, the close frame last', async () => {
  const sent = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc.array(frame, { maxLength: 8 }).map((all) => Buffer.concat(all.map(encodeFrame))),
  );
  const answers: readonly number[] = [opcodes.text, opcodes.binary, opcodes.pong, opcodes.close];
  await forAll(sent, 300, async (pipelined) => {
    const { raw } = await edge.admit({ pipelined });
    raw.end();
    await within(raw.closed, 'the end of the connection');
    const frames = framesIn(raw.bytes);
    for (const { fin, rsv, masked, opcode } of frames)
      expect({ fin, rsv, masked, proper: answers.includes(opcode) }).toEqual({
        ...{ fin: true, rsv: 0, masked: false, proper: true },
      });
    expect(frames.slice(0, -1).map(({ opcode }) => opcode)).not.toContain(opcodes.close);
  });
});
