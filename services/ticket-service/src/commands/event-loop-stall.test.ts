import { createMemoryStore } from '@admit-one/adapter-memory';
import { createStoreClock, type RequestReply } from '@admit-one/core';
import { createLogger, createRejectionLog, createTelemetry } from '@admit-one/runtime';
import { captureLogs, eventually } from '@admit-one/testkit';
import { ticketSubjects } from '@admit-one/ticket-client';
import { expect, onTestFinished, test } from 'vitest';
import { createCommands } from './commands.ts';
import { serveRequests } from './serve-requests.ts';

/** Far above the beat of the watch, which a late timer would otherwise overstep by itself. */
const STALL_MS = 500;
const subjects = Object.values(ticketSubjects).flatMap((subject) => [subject, `${subject}-one`]);

/** A bus that remembers, in order, who serves what. */
function scriptedRequests() {
  const steps: string[] = [];
  const handlers = new Map<string, (body: unknown) => Promise<unknown>>();
  const requests: RequestReply = {
    request: (subject, body) => handlers.get(subject)?.(body) ?? Promise.reject(new Error('not served')),
    async serve(subject, handler) {
      steps.push(`serve ${subject}`);
      handlers.set(subject, handler);
      return {
        async stop() {
          steps.push(`stop ${subject}`);
        },
      };
    },
  };
  return { steps, requests };
}

async function serve() {
  const { steps, requests } = scriptedRequests();
  const { store } = createMemoryStore({ source: 'one' });
  const telemetry = createTelemetry({ service: 'test', instance: 'one' });
  const logs = captureLogs();
  const commands = createCommands({
    store,
    rejections: store,
    source: 'one',
    clock: createStoreClock(),
    meter: telemetry.meter,
  });
  const log = createLogger({ level: 'info', service: 'test', instance: 'one', destination: logs });
  const serving = await serveRequests({
    instance: 'one',
    requests,
    shared: true,
    commands,
    verifyExchange: () => Promise.reject(new Error('not asked for')),
    log,
    rejectionLog: createRejectionLog(log, { countRejected: () => {} }),
    longestStallMs: STALL_MS,
  });
  onTestFinished(async () => {
    await serving.stop();
    await store.close();
    await telemetry.close();
  });
  return { steps, requests, logs };
}

function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const left = subjects.map((subject) => `stop ${subject}`).sort();
const joined = subjects.map((subject) => `serve ${subject}`).sort();

test('an instance whose event loop stood still leaves the bus before it answers, then comes back', async () => {
  const { steps, requests, logs } = await serve();
  expect([...steps].sort()).toEqual(joined);
  steps.length = 0;
  standStill(2 * STALL_MS);
  const answer = requests.request(ticketSubjects.time, {}, 1_000);
  expect([...steps].sort(), 'left when the first request is looked at').toEqual(left);
  expect(await answer).toMatchObject({ now: expect.any(Number), instance: 'one' });
  await returned(steps);
  const lines = logs.named('event_loop_stalled');
  expect(lines, 'one for each stop').toHaveLength(steps.length / (left.length + joined.length));
  for (const line of lines) expect(line).toMatchObject({ stoodStillMs: expect.any(Number) });
});

test('a stop without a request is noticed too', async () => {
  const { steps } = await serve();
  steps.length = 0;
  standStill(2 * STALL_MS);
  await returned(steps);
});

/** It left and came back, and did nothing else. On a busy machine the loop may have stood still again since. */
async function returned(steps: readonly string[]): Promise<void> {
  await eventually(
    () => {
      expect(steps).not.toHaveLength(0);
      for (let at = 0; at < steps.length; at += left.length + joined.length) {
        const back = at + left.length;
        expect(steps.slice(at, back).sort()).toEqual(left);
        expect(steps.slice(back, back + joined.length).sort()).toEqual(joined);
      }
    },
    { what: 'the service is back on the bus' },
  );
}
