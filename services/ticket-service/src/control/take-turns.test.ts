import { expect, test } from 'vitest';
import { takeTurns } from './take-turns.ts';

test('one task follows the other, whatever became of it, and none waits for longer than it may', async () => {
  let now = 0;
  const inTurn = takeTurns(2_000, () => now);
  const order: string[] = [];
  const task = (name: string, ms: number, fails = false) =>
    inTurn(async () => {
      order.push(`${name} begins`);
      await Promise.resolve();
      now += ms;
      order.push(`${name} ends`);
      if (fails) throw new Error(name);
    });
  const tasks = [task('a', 900), task('b', 900, true), task('c', 900), task('d', 900)];
  const results = await Promise.allSettled(tasks);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
  expect(order.join()).toBe('a begins,a ends,b begins,b ends,c begins,c ends');
  await expect(tasks[3]).rejects.toMatchObject({ name: 'StoreError', code: 'unavailable' });
});
