import {
  type Connection,
  connect,
  encodeClose,
  encodeFrame,
  eventually,
  type FaultProxy,
  type FrameToSend,
  opcodes,
  startFaultProxy,
  within,
} from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events } from '../../stack/audit-log.ts';
import { type Admitted, type EdgeUnderTest, startEdgeUnderTest } from '../edge-under-test.ts';
import { bytesOf, type End, type FrameCase, frameCases } from './frame-cases.ts';

let edge: EdgeUnderTest;
let bystander: Connection;
/** What the audit log must have of each connection, by its ticket. */
const ends = new Map<unknown, { readonly what: string; readonly end: End }>();

beforeAll(async () => {
  edge = await startEdgeUnderTest();
  bystander = await connect(`${edge.url}?ticket=${(await edge.issue()).ticket}`);
});

afterAll(async () => {
  expect(await bystander.close()).toEqual({ code: 1000, reason: '' });
  await edge.stopHealthy();
});

async function expectBystanderUnharmed(): Promise<void> {
  bystander.socket.send('still there?');
  expect(await bystander.next()).toBe('still there?');
}

/** Expects exactly what the case names on the wire. */
async function expectOutcome({ raw, ticketId }: Admitted, { what, replies, end }: FrameCase): Promise<void> {
  ends.set(ticketId, { what, end });
  if (end.by === 'open') {
    const last: FrameToSend = { opcode: opcodes.ping, payload: 'the last' };
    raw.send(last);
    while (!raw.frames.some(({ payload }) => payload.toString() === 'the last')) await raw.next();
    expect(framesIn(raw.bytes)).toEqual(encoded([...replies, { ...last, opcode: opcodes.pong }]));
    raw.abort();
  } else {
    await within(raw.closed, 'the end of the connection');
    expect(framesIn(raw.bytes)).toEqual(encoded([...replies, ...closeFrameOf(end)]));
  }
}

/** Everything behind the head of the 101. */
function framesIn(bytes: Buffer): Buffer {
  return bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
}

/** As a server sends them: unmasked. */
function encoded(frames: readonly FrameToSend[]): Buffer {
  return Buffer.concat(frames.map((frame) => encodeFrame({ ...frame, masked: false })));
}

function closeFrameOf(end: End): readonly FrameToSend[] {
  if (end.by === 'edge') return [{ opcode: opcodes.close, payload: encodeClose(end.code, end.closeText) }];
  return end.by === 'client' ? [{ opcode: opcodes.close, payload: end.payload }] : [];
}

test.each(frameCases)('$what', async (row) => {
  const admitted = await edge.admit();
  for (const sent of row.sends) admitted.raw.write(bytesOf(sent));
  if (row.leaves) admitted.raw[row.leaves]();
  await expectOutcome(admitted, row);
  await expectBystanderUnharmed();
});

/** One row for each way to end: how bytes are cut is the business of `ws`, and what we do with frames is the same. */
const oneOfEachEnd = frameCases.filter(
  ({ end, leaves }, at) => !leaves && at === frameCases.findIndex((row) => endOf(row) === endOf({ end })),
);

function endOf({ end }: Pick<FrameCase, 'end'>): string {
  return `${end.by} ${end.by === 'edge' ? end.code : ''}`;
}

test.each(oneOfEachEnd)('$what, sent behind the upgrade request', async (row) => {
  const admitted = await edge.admit({ pipelined: Buffer.concat(row.sends.map(bytesOf)) });
  await expectOutcome(admitted, row);
});

describe('byte by byte', () => {
  let proxy: FaultProxy;

  beforeAll(async () => {
    proxy = await startFaultProxy({ host: '127.0.0.1', port: Number(new URL(edge.url).port) });
    proxy.slice(1, 'towardsServer');
  });
  afterAll(() => proxy.close());

  test.each(oneOfEachEnd.filter(({ sends }) => Buffer.concat(sends.map(bytesOf)).length < 100))(
    '$what',
    async (row) => {
      const admitted = await edge.admit({ by: proxy.url });
      admitted.raw.write(Buffer.concat(row.sends.map(bytesOf)));
      await expectOutcome(admitted, row);
    },
  );
});

describe('the ping limiter', () => {
  const ping = encodeFrame({ opcode: opcodes.ping, payload: 'p' });

  test('closes a connection that floods', async () => {
    const { raw, ticketId } = await edge.admit();
    raw.write(Buffer.concat(Array.from({ length: 10_000 }, () => ping)));
    let frame = await raw.next();
    while (frame.opcode === opcodes.pong) frame = await raw.next();
    raw.send({ opcode: opcodes.close });
    expect((await raw.closed).close).toEqual({ code: 4429, reason: 'RATE_LIMITED' });
    const text = { closeText: 'RATE_LIMITED', recorded: 'RATE_LIMITED' };
    ends.set(ticketId, {
      what: 'a ping flood',
      end: { by: 'edge', code: 4429, ...text, reason: 'message_rate' },
    });
    await expectBystanderUnharmed();
  });

  test('leaves a client alone that waits for its pongs', async () => {
    const { raw } = await edge.admit();
    for (let n = 0; n < 200; n += 1) {
      raw.write(ping);
      expect((await raw.next()).opcode).toBe(opcodes.pong);
    }
    raw.abort();
  });
});

test('the audit log has each end once, as it was', async () => {
  const expected = [...ends].map(([ticketId, { what, end }]) => ({ ticketId, what, ...recordOf(end) }));
  const assertion = async () => {
    const closed = await events(edge.stack, { type: 'admit.connection.closed' });
    const recorded = closed
      .filter(({ data: { ticketId } }) => ends.has(ticketId))
      .map(({ data: { ticketId, code, closeText, initiator, reason } }) => ({
        ...{ ticketId, what: ends.get(ticketId)?.what, code, closeText, initiator, reason },
      }));
    expect(recorded).toHaveLength(expected.length);
    expect(recorded).toEqual(expect.arrayContaining(expected));
  };
  await eventually(assertion, { what: 'the ends of the connections', everyMs: 200 });
});

function recordOf(end: End) {
  switch (end.by) {
    case 'edge':
      return { code: end.code, closeText: end.recorded, initiator: 'edge', reason: end.reason };
    case 'client':
      return { code: end.code, closeText: end.closeText, initiator: 'client', reason: null };
    case 'open':
    case 'network':
      return { code: 1006, closeText: '', initiator: 'network', reason: null };
    default:
      return end satisfies never;
  }
}
