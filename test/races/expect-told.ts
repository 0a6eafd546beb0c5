import { eventually } from '@admit-one/testkit';
import { expect } from 'vitest';
import { events, expectNothingMissing } from '../e2e/trail.ts';
import type { Stack } from '../stack/stack.ts';

/**
 * Waits until the trail tells of these admissions; then no ticket was consumed twice, and no sequence has a hole.
 * Gives the ids of all tickets that were consumed.
 */
export async function expectTold(stack: Stack, admitted: readonly string[]): Promise<readonly string[]> {
  const consumed = await eventually(
    async () => {
      const told = (await events(stack, { type: 'admit.ticket.consumed' })).map(({ subject }) => subject);
      const all = new Set(told);
      expect(
        admitted.filter((ticketId) => !all.has(ticketId)),
        'admissions that the trail does not tell',
      ).toEqual([]);
      return told;
    },
    { what: 'the trail of every admission', timeoutMs: 60_000, everyMs: 250 },
  );
  await expectNothingMissing(stack);
  expect(new Set(consumed).size, 'a ticket was consumed twice').toBe(consumed.length);
  return consumed;
}
