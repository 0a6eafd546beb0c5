import { expect } from 'vitest';
import { patient } from '../faults/soundness.ts';
import { makeVisit } from '../faults/visits.ts';
import type { Stack } from '../stack/stack.ts';

/** How long it takes at most, from the end of an outage, until every client that requests a fresh ticket each time is admitted. */
const FRESH_TICKET_MS = patient(10_000);

/** Lets users come at once, each by way of every edge in turn, with a fresh ticket each time. All get in, soon enough. */
export async function expectAllAdmitted(stack: Stack, users = 30): Promise<void> {
  const endedAt = performance.now();
  const getIn = async (user: number): Promise<number> => {
    for (let attempt = user; ; attempt += 1) {
      const { kind } = await makeVisit(stack, attempt);
      const ms = performance.now() - endedAt;
      if (kind === 'admitted' || ms > FRESH_TICKET_MS) return ms;
    }
  };
  const slowest = Math.max(...(await Promise.all(Array.from({ length: users }, (_, user) => getIn(user)))));
  expect(slowest, 'milliseconds until the last user was in').toBeLessThan(FRESH_TICKET_MS);
}
