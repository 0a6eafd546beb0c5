import { expect, test } from 'vitest';
import { limitConcurrency } from './limit-concurrency.ts';

test('tasks run two at once in the order in which they came, also after one that failed', async () => {
  const limited = limitConcurrency(2);
  const started: number[] = [];
  const ends = new Map<number, (failed?: Error) => void>();
  const [first, second, third, fourth] = [0, 1, 2, 3].map((index) =>
    limited(() => {
      started.push(index);
      return new Promise<number>((resolve, reject) => {
        ends.set(index, (failed) => (failed ? reject(failed) : resolve(index)));
      });
    }),
  );
  expect(started).toEqual([0, 1]);
  ends.get(1)?.(new Error('failed'));
  await expect(second).rejects.toThrow('failed');
  expect(started).toEqual([0, 1, 2]);
  ends.get(0)?.();
  expect(await first).toBe(0);
  expect(started).toEqual([0, 1, 2, 3]);
  ends.get(2)?.();
  ends.get(3)?.();
  expect(await Promise.all([third, fourth])).toEqual([2, 3]);
  expect(await limited(async () => 4)).toBe(4);
});
