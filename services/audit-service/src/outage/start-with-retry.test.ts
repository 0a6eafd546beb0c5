import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startWithRetry } from './start-with-retry.ts';

const RETRY_MS = 1_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Something that starts when the time is right, and tells what became of it. */
function starting(ready: (attempt: number) => Promise<void>) {
  const told = { attempts: 0, stops: 0, errors: [] as unknown[] };
  const eventually = startWithRetry({
    async start() {
      told.attempts += 1;
      await ready(told.attempts);
      return {
        async stop() {
          told.stops += 1;
        },
      };
    },
    onError: (error) => told.errors.push(error),
    retryMs: RETRY_MS,
  });
  return { told, eventually };
}

async function away(): Promise<void> {
  throw new Error('away');
}

test('tries until it runs, tells of every failure, and stops what runs', async () => {
  const { told, eventually } = starting((attempt) => (attempt < 3 ? away() : Promise.resolve()));
  const running = await eventually;
  expect(running.running).toBe(false);
  await vi.advanceTimersByTimeAsync(2 * RETRY_MS);
  expect(running.running).toBe(true);
  expect(told).toMatchObject({ attempts: 3, errors: [new Error('away'), new Error('away')] });
  await running.stop();
  expect(told.stops).toBe(1);
});

test('tries no more once it is stopped', async () => {
  const { told, eventually } = starting(away);
  await (await eventually).stop();
  await vi.advanceTimersByTimeAsync(10 * RETRY_MS);
  expect(told.attempts).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  ['comes to run', () => Promise.resolve(), 1],
  ['fails', away, 0],
] as const)('waits at its stop for a try under way, which %s, and is over then', async (_, end, stops) => {
  let answer: () => void = () => {};
  const second = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const { told, eventually } = starting((attempt) => (attempt === 1 ? away() : second.then(end)));
  const running = await eventually;
  await vi.advanceTimersByTimeAsync(RETRY_MS);
  const stopped = running.stop();
  answer();
  await stopped;
  await vi.advanceTimersByTimeAsync(10 * RETRY_MS);
  expect(told).toMatchObject({ attempts: 2, stops });
});
