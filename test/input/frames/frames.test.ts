import {
  type Connection,
  connect,
  encodeFrame,
  type FaultProxy,
  opcodes,
  startFaultProxy,
} from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EdgeUnderTest, startEdgeUnderTest } from '../edge-under-test.ts';
import { controlCases } from './control-cases.ts';
import { deliveryCases } from './delivery-cases.ts';
import { fragmentCases } from './fragment-cases.ts';
import { bytesOf, type End, type FrameCase } from './frame-case.ts';
import { framingCases } from './framing-cases.ts';
import { expectOutcome } from './outcome.ts';
import { textCases } from './text-cases.ts';
import { gatherEnds, type TrailOfEnds } from './trail-of-ends.ts';

const cases: readonly FrameCase[] = [
  ...framingCases,
  ...fragmentCases,
  ...textCases,
  ...controlCases,
  ...deliveryCases,
];

const AT_A_TIME = 30;

let edge: EdgeUnderTest;
let bystander: Connection;
let ends: TrailOfEnds;

beforeAll(async () => {
  edge = await startEdgeUnderTest();
  ends = gatherEnds(edge.stack);
  bystander = await connect(`${edge.url}?ticket=${(await edge.issue()).ticket}`);
});

afterAll(async () => {
  expect(await bystander.close()).toEqual({ code: 1000, reason: '' });
  await edge.stopHealthy();
});

async function expectBystanderUnharmed(after: string): Promise<void> {
  bystander.socket.send(after);
  expect(await bystander.next()).toBe(after);
}

describe('frames of an admitted client', () => {
  test.each(cases)('$what', async (row) => {
    const admitted = await edge.admit();
    for (const sent of row.sends) admitted.raw.write(bytesOf(sent));
    if (row.breakOff) admitted.raw[row.breakOff]();
    await expectOutcome(admitted, row);
    ends.note(admitted, row);
    await expectBystanderUnharmed(row.what);
  });
});

describe('frames pipelined behind the upgrade request', () => {
  const few = cases.filter(({ sends, breakOff }) => !breakOff && sends.length > 0 && sizeOf(sends) < 1_000);

  test(`come out the same, in each of ${few.length} cases`, () =>
    expectEach(few, async (row) => {
      const admitted = await edge.admit({ pipelined: Buffer.concat(row.sends.map(bytesOf)) });
      await expectOutcome(admitted, row);
      ends.note(admitted, { ...row, what: `${row.what}, pipelined` });
    }));
});

describe('frames that arrive a byte at a time', () => {
  const short = cases.filter(({ sends, breakOff }) => !breakOff && sizeOf(sends) < 64);
  let proxy: FaultProxy;

  beforeAll(async () => {
    proxy = await startFaultProxy({ host: '127.0.0.1', port: Number(new URL(edge.url).port) });
    proxy.slice(1, 'towardsServer');
  });
  afterAll(() => proxy.close());

  test(`come out the same, in each of ${short.length} cases`, () =>
    expectEach(short, async (row) => {
      const admitted = await edge.admit({ by: proxy.url });
      admitted.raw.write(Buffer.concat(row.sends.map(bytesOf)));
      await expectOutcome(admitted, row);
      ends.note(admitted, { ...row, what: `${row.what}, a byte at a time` });
    }));
});

describe('a ping flood', () => {
  const ping = encodeFrame({ opcode: opcodes.ping, payload: 'p' });
  const flooded: End = {
    by: 'edge',
    code: 4429,
    text: 'RATE_LIMITED',
    told: 'RATE_LIMITED',
    reason: 'message_rate',
  };

  test('is told to be one, and ends', async () => {
    const admitted = await edge.admit();
    const { raw } = admitted;
    raw.write(Buffer.concat(Array.from({ length: 10_000 }, () => ping)));
    let frame = await raw.next();
    while (frame.opcode === opcodes.pong) frame = await raw.next();
    raw.send({ opcode: opcodes.close });
    expect((await raw.closed).close).toEqual({ code: 4429, reason: 'RATE_LIMITED' });
    ends.note(admitted, { what: 'a ping flood', end: flooded });
    await expectBystanderUnharmed('a ping flood');
  });

  test('is not what a client makes that waits for its pongs', async () => {
    const { raw } = await edge.admit();
    for (let n = 0; n < 200; n += 1) {
      raw.write(ping);
      expect((await raw.next()).opcode).toBe(opcodes.pong);
    }
    raw.abort();
  });
});

test('the trail tells of each end, once and as it was', () => ends.expectTold());

function sizeOf(sends: FrameCase['sends']): number {
  return sends.reduce((sum, sent) => sum + bytesOf(sent).length, 0);
}

/** Runs many cases, some at a time, and names those that came out otherwise. */
async function expectEach(rows: readonly FrameCase[], run: (row: FrameCase) => Promise<void>): Promise<void> {
  const waiting = [...rows];
  const wrong: string[] = [];
  async function runOneByOne(): Promise<void> {
    for (let row = waiting.shift(); row; row = waiting.shift()) {
      const { what } = row;
      await run(row).catch((error: unknown) => wrong.push(`${what}: ${error}`));
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, runOneByOne));
  expect(wrong).toEqual([]);
}
