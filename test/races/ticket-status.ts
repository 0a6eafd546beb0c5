import { partitionName, partitionOf, type TicketState } from '@admit-one/core';
import { eventually } from '@admit-one/testkit';
import { expect } from 'vitest';
import type { ServicesStack } from '../stack/services.ts';
import type { IssuedTicket } from './load-generator.ts';
import { tryOnce, type UseOutcome } from './presenting.ts';
import { HEALTHY } from './sick-edge.ts';

/** What the store knows of a ticket. */
export async function statusOf({ engines }: ServicesStack, ticketId: string): Promise<TicketState['status']> {
  const key = `{${partitionName(partitionOf(ticketId))}}:ticket:${ticketId}`;
  const stored = await engines.redis.command('GET', key);
  const state = stored.slice(stored.indexOf(' ') + 1);
  return state.startsWith('{') ? (JSON.parse(state) as TicketState).status : 'none';
}

/** Waits until so many of the tickets have come to a status. */
export async function expectStatus(
  stack: ServicesStack,
  ticketIds: readonly string[],
  status: TicketState['status'],
  atLeast = ticketIds.length,
): Promise<void> {
  await eventually(
    async () => {
      const statuses = await Promise.all(ticketIds.map((ticketId) => statusOf(stack, ticketId)));
      expect(statuses.filter((one) => one === status).length).toBeGreaterThanOrEqual(atLeast);
    },
    { what: `${atLeast} tickets to be ${status}`, everyMs: 100 },
  );
}

/** Presents a ticket to the healthy edge, again and again, until it is admitted there or was used by somebody else. */
export async function presentUntilUsed(
  stack: ServicesStack,
  { ticket, ticketId }: IssuedTicket,
): Promise<UseOutcome> {
  return eventually(
    async () => {
      const outcome = await tryOnce(stack, { ticket, edge: HEALTHY });
      if (outcome !== 'admitted') expect(await statusOf(stack, ticketId)).toBe('consumed');
      return outcome;
    },
    { what: `ticket ${ticketId} to be used`, everyMs: 250 },
  );
}
