import { expect, it } from 'vitest';
import { PortInUse, startOnFreePort } from './held-port.ts';

it('never gives one port to two holders, and lies below those that Linux hands out by itself', async () => {
  const all = await Promise.all(Array.from({ length: 200 }, () => startOnFreePort(async (port) => port)));
  expect(new Set(all.map(({ held }) => held.port)).size).toBe(200);
  expect(all.every(({ held }) => held.port > 1024 && held.port < 32_768)).toBe(true);
  await Promise.all(all.map(({ held }) => held.release()));
});

it('tries another port where one turns out to be in use', async () => {
  const tried: number[] = [];
  const { started, held } = await startOnFreePort(async (port) => {
    tried.push(port);
    if (tried.length < 3) throw new PortInUse('taken');
    return 'started';
  });
  expect([started, held.port, tried.length]).toEqual(['started', tried[2], 3]);
  await held.release();
});

it.each([
  { error: new PortInUse('taken'), tries: 4 },
  { error: new Error('broken'), tries: 1 },
])('stops on $error.message after $tries tries', async ({ error, tries }) => {
  let count = 0;
  const start = startOnFreePort(async () => {
    count += 1;
    throw error;
  }, 4);
  await expect(start).rejects.toBe(error);
  expect(count).toBe(tries);
});
