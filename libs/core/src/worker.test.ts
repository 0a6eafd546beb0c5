import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startWorker, type Worker, type WorkerOptions } from './worker.ts';

const IDLE_MS = 1_000;
const failure = new Error('the engine is away');
const failing = (times: number): Error[] => Array.from({ length: times }, () => failure);

/** What one run does: more to do or not, a failure, or either after a while. */
type Run = boolean | Error | { readonly takesMs: number };

/** What the next runs do, in their order; after the last, there is nothing to do. */
let script: Run[];
/** When the work ran, in milliseconds since the start. */
let runs: number[];
let errors: unknown[];
let startedAt: number;

beforeEach(() => {
  vi.useFakeTimers();
  [script, runs, errors] = [[], [], []];
  startedAt = performance.now();
});

afterEach(() => vi.useRealTimers());

async function work(): Promise<boolean> {
  runs.push(performance.now() - startedAt);
  expect(runs.length, 'a worker must not spin').toBeLessThan(1_000);
  const run = script.shift() ?? false;
  if (run instanceof Error) throw run;
  if (typeof run === 'boolean') return run;
  await new Promise((resolve) => setTimeout(resolve, run.takesMs));
  return false;
}

function start(...todo: Run[]): Worker {
  return startWith({}, ...todo);
}

function startWith(options: Partial<WorkerOptions>, ...todo: Run[]): Worker {
  script = todo;
  return startWorker({ work, idleMs: IDLE_MS, onError: (error) => errors.push(error), ...options });
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a worker', () => {
  it('works at once, and looks again after each pause', async () => {
    start();
    await pass(2 * IDLE_MS);
    expect(runs).toEqual([0, IDLE_MS, 2 * IDLE_MS]);
  });

  it('tells once that a run succeeds after failed ones', async () => {
    const onRecovery = vi.fn();
    startWith({ onRecovery }, false, ...failing(3), true, false);
    await pass(IDLE_MS);
    expect([errors.length, onRecovery.mock.calls.length]).toEqual([1, 0]);
    await pass(5 * IDLE_MS);
    expect([errors.length, onRecovery.mock.calls.length]).toEqual([3, 1]);
  });

  it('lets work gather when it is woken, and only then', async () => {
    const worker = startWith({ gatherMs: () => 50 });
    await pass(10);
    worker.wake();
    await pass(30);
    worker.wake();
    await pass(IDLE_MS + 20);
    expect(runs).toEqual([0, 60, 60 + IDLE_MS]);
    worker.wake();
    const stopped = worker.stop();
    await pass(0);
    await stopped;
    expect(runs).toHaveLength(4);
  });

  it('rests between two runs, whether it is woken or there is more', async () => {
    const worker = startWith({ restMs: () => 50 }, true, true);
    await pass(120);
    worker.wake();
    await pass(200);
    expect(runs).toEqual([0, 50, 100, 170]);
  });

  it('works on without a pause while there is more', async () => {
    start(true, true, true);
    await pass(0);
    expect(runs).toEqual([0, 0, 0, 0]);
  });

  it('works soon when woken, and pauses in full after that', async () => {
    const worker = start();
    await pass(10);
    worker.wake();
    await pass(IDLE_MS);
    expect(runs).toEqual([0, 10, 10 + IDLE_MS]);
  });

  it('works once more when woken at work: it may have looked already', async () => {
    const worker = start({ takesMs: 100 });
    await pass(50);
    worker.wake();
    worker.wake();
    await pass(100);
    expect(runs).toEqual([0, 100]);
  });

  it('keeps no process alive with its pauses', async () => {
    const timeouts = vi.spyOn(globalThis, 'setTimeout');
    start();
    await pass(IDLE_MS);
    expect(timeouts.mock.results.map(({ value }) => value.hasRef())).toEqual([false, false]);
  });
});

describe('a worker whose work fails', () => {
  it('tries again after a pause that doubles up to five seconds', async () => {
    start(...failing(10));
    await pass(20_000);
    expect(runs).toEqual([0, 50, 150, 350, 750, 1_550, 3_150, 6_350, 11_350, 16_350]);
    expect(errors).toEqual(failing(10));
  });

  it('begins with a short pause again after a success', async () => {
    start(failure, failure, false, failure);
    await pass(150 + IDLE_MS + 50);
    expect(runs).toEqual([0, 50, 150, 150 + IDLE_MS, 150 + IDLE_MS + 50]);
  });

  it('is not hurried by those who wake it', async () => {
    const worker = start(...failing(4));
    for (let ms = 0; ms < 700; ms += 1) {
      worker.wake();
      await pass(1);
    }
    expect(runs.slice(0, 4)).toEqual([0, 50, 150, 350]);
    expect(errors).toHaveLength(4);
  });
});

describe('a worker that is stopped', () => {
  it.each([
    ['in a pause', []],
    ['while it backs off', failing(8)],
  ])('ends at once %s, after one more run', async (_, todo) => {
    const worker = start(...todo);
    await pass(5_000);
    const before = runs.length;
    script = [];
    await worker.stop();
    expect(runs.slice(before)).toEqual([5_000]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets the work in hand finish', async () => {
    const worker = start({ takesMs: 100 });
    const stopped = worker.stop().then(() => performance.now() - startedAt);
    await pass(100);
    expect(await stopped).toBe(100);
    expect(runs).toEqual([0, 100]);
  });

  it('works until there is no more', async () => {
    const worker = start();
    await pass(1);
    script = [true, true, false, true];
    await worker.stop();
    expect(runs).toEqual([0, 1, 1, 1]);
  });

  it('says so where the last run fails, and does not try again', async () => {
    const worker = start();
    await pass(1);
    script = [failure];
    await expect(worker.stop()).rejects.toBe(failure);
    await pass(10_000);
    expect(runs).toEqual([0, 1]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a worker that is stopped with patience', () => {
  const patience = () => {
    const giving = new AbortController();
    return { signal: giving.signal, abort: () => giving.abort() };
  };

  it('tries until it works, soon and evenly, however long it had backed off before', async () => {
    const worker = start(...failing(10 + 8));
    await pass(20_000);
    const before = runs.length;
    const stopped = worker.stop(patience().signal).then(() => performance.now() - startedAt);
    await pass(5_000);
    expect(await stopped).toBe(20_000 + 8 * 250);
    expect(runs.slice(before)).toHaveLength(9);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('works until there is no more', async () => {
    const worker = start();
    await pass(1);
    script = [true, failure, true, false];
    const stopped = worker.stop(patience().signal);
    await pass(250);
    await stopped;
    expect(runs).toEqual([0, 1, 1, 251, 251]);
  });

  it('says what was wrong when the patience ends, and ends itself', async () => {
    const { signal, abort } = patience();
    const worker = start(...failing(100));
    const stopped = worker.stop(signal).catch((error: unknown) => error);
    await pass(2_000);
    abort();
    expect(await stopped).toBe(failure);
    await pass(10_000);
    expect(runs.at(-1)).toBe(2_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits no longer for work that hangs', async () => {
    const { signal, abort } = patience();
    const worker = start({ takesMs: 60_000 });
    const stopped = worker.stop(signal).catch((error: unknown) => error);
    await pass(2_000);
    abort();
    expect(await stopped).toBe(signal.reason);
    expect(performance.now() - startedAt).toBe(2_000);
  });

  it('still works once more where that ended before', async () => {
    const { signal, abort } = patience();
    abort();
    const worker = start();
    await pass(1);
    script = [true, false];
    await worker.stop(signal);
    expect(runs).toEqual([0, 1, 1]);
    const failed = start(failure, failure);
    await pass(1);
    await expect(failed.stop(signal)).rejects.toBe(failure);
  });
});
