import { execute, type Outcome, type TicketCommand, type TicketStore } from '@admit-one/core';
import { revokeSubject } from '@admit-one/port-contracts';
import type { Expected, Reference } from './reference.ts';
import type { Process } from './subjects.ts';

/** An step as a store gets it, with all that makes it this trial's own. */
export type Operation =
  | { readonly kind: 'command'; readonly ticketId: string; readonly command: TicketCommand }
  | { readonly kind: 'mark'; readonly marker: string; readonly at: number };

const ANOTHER_HOUR_MS = 3_600_000;

/** What came of a operation, and the store's time by which that was decided. A mark has no outcome. */
export interface Result {
  readonly outcome: Outcome | null;
  readonly decidedAt: number;
}

export async function carryOut(
  operation: Operation,
  { store, control, memory, clock }: Process,
): Promise<Result> {
  if (operation.kind === 'mark') {
    const { now } = await store.ping();
    await revokeSubject(control, operation.marker, operation.at, now + ANOTHER_HOUR_MS);
    return { outcome: null, decidedAt: now };
  }
  let appendedAt: number | undefined;
  const watched: TicketStore = {
    ...store,
    async append(append) {
      const result = await store.append(append);
      if (result.ok) appendedAt = append.events[0]?.time;
      return result;
    },
  };
  const outcome = await execute(operation.ticketId, operation.command, {
    store: watched,
    source: 'process',
    cache: memory,
  });
  clock.observe(outcome.now);
  return { outcome, decidedAt: appendedAt ?? outcome.now };
}

/** Does a operation to the reference too: what it should have come to, with the time that the store told in the end. */
export function expectOf(
  reference: Reference,
  operation: Operation,
  { outcome, decidedAt }: Result,
): Expected | null {
  if (operation.kind === 'mark') {
    reference.mark(operation.marker, operation.at);
    return null;
  }
  const expected = reference.carryOut(operation.ticketId, operation.command, decidedAt);
  return { ...expected, outcome: { ...expected.outcome, now: outcome?.now ?? decidedAt } };
}
