import { partitionName, partitionOf, type TicketState } from '@admit-one/core';
import { eventually, type FaultProxy, startFaultProxy } from '@admit-one/testkit';
import { expect } from 'vitest';
import { makeVisit } from '../faults/visits.ts';
import type { ServiceProcess } from '../stack/service-process.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { type Outcome, tryOnce } from './presenting.ts';

/** The edges by their place in the stack. */
export const HEALTHY = 0;
export const SICK = 1;

/** A stack whose second edge has a link to the bus that breaks on demand. */
export interface SickEdge {
  readonly stack: ServicesStack;
  readonly edge: ServiceProcess;
  readonly link: FaultProxy;
  stop(): Promise<void>;
}

export async function startSickEdge(): Promise<SickEdge> {
  let link: FaultProxy | undefined;
  const stack = await startServices({
    async otherEdgeNatsUrl(nats) {
      link = await startFaultProxy(nats);
      return link.url(nats.url);
    },
  });
  const edge = stack.edgeServices[SICK];
  if (!link || !edge) throw new Error('the stack has no second edge');
  const close = link.close;
  return {
    stack,
    edge,
    link,
    async stop() {
      await stack.stop();
      await close();
    },
  };
}

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
    { what: `${atLeast} tickets to be ${status}`, timeoutMs: 20_000 },
  );
}

/** Presents a ticket to the healthy edge, again and again, until it is admitted there or was used by somebody else. */
export async function presentUntilUsed(
  stack: ServicesStack,
  { ticket, ticketId }: { ticket: string; ticketId: string },
): Promise<Outcome> {
  return eventually(
    async () => {
      const outcome = await tryOnce(stack, { ticket, edge: HEALTHY });
      if (outcome !== 'admitted') expect(await statusOf(stack, ticketId)).toBe('consumed');
      return outcome;
    },
    { what: `ticket ${ticketId} to be used`, timeoutMs: 20_000, everyMs: 250 },
  );
}

/** How long it takes at most, from the end of a fault, until everybody is in who asks for a fresh ticket each time. */
const FRESH_TICKET_MS = 10_000;

/** Lets users come at once, each by way of every edge in turn, with a fresh ticket each time. All get in, soon enough. */
export async function expectEverybodyIn(stack: ServicesStack, users = 30): Promise<void> {
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
