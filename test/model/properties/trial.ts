import {
  type CommandContext,
  newId,
  newTicket,
  type Principal,
  partitionOf,
  proofOf,
  type ReceivedEvent,
  revocationSubjectsOf,
  type TicketCommand,
  ticketIdOf,
} from '@admit-one/core';
import { decode } from '@admit-one/port-contracts';
import { expect } from 'vitest';
import type { Action, TicketName } from './acts.ts';
import type { Deed } from './deeds.ts';
import { createReference, type Reference, type Told } from './reference.ts';
import type { Subject } from './subjects.ts';

/** Tickets that nothing else knows of, in a store and in the reference. */
export interface Trial {
  readonly reference: Reference;
  deedOf(action: Action): Promise<Deed>;
  /** Takes from the outbox what it tells of the tickets, by ticket. Its sequences have no hole, its ids are unique. */
  trail(): Promise<Readonly<Record<TicketName, readonly Told[]>>>;
}

/** How long a command may be on its way, with all the copies of it. */
const COMMAND_MS = 3_000;
const nowhere: CommandContext = {
  ...{ address: null, origin: null, agent: null, route: null, carrier: null },
  ...{ edge: null, traceparent: null },
};

export function beginTrial({ processes: [{ store }], outbox }: Subject): Trial {
  const principal: Principal = {
    ...{ issuer: 'main', session: newId(), sessionFrom: 'sid', user: null, attributes: {} },
    tokenIssuedAt: 1_750_000_000,
    kid: null,
  };
  const [marker = ''] = revocationSubjectsOf(principal);
  const ids: Readonly<Record<TicketName, string>> = { A: newTicketId(), B: newTicketId() };
  const commands: Deed[] = [];

  async function commandOf({
    order,
    route,
    isLate,
  }: Extract<Action, { kind: 'command' }>): Promise<TicketCommand> {
    const { now } = await store.ping();
    const common = {
      id: newId(),
      context: { ...nowhere, route },
      deadline: isLate ? now - 1 : now + COMMAND_MS,
    };
    return order.type === 'issue' ? { ...order, ...common, principal } : { ...order, ...common };
  }

  async function deedOf(action: Action): Promise<Deed> {
    switch (action.kind) {
      case 'mark':
        return { kind: 'mark', marker, at: principal.tokenIssuedAt - (action.reachesToken ? 0 : 1) };
      case 'command':
        commands.push({
          kind: 'command',
          ticketId: ids[action.ticket],
          command: await commandOf(action),
        });
        return lastBut(0);
      case 'copy':
        return lastBut(action.since);
      default:
        return action satisfies never;
    }
  }

  function lastBut(since: number): Deed {
    const deed = commands.at(-1 - since) ?? commands[0];
    if (!deed) throw new Error('there was no command that could come again');
    return deed;
  }

  async function trailOf(ticketId: string): Promise<readonly Told[]> {
    const partition = partitionOf(ticketId);
    const events = (await outbox.head(partition, 10_000)).map(decode);
    const mine = events.filter(({ subject }) => subject === ticketId);
    expectWithoutHole(events);
    expect(new Set(mine.map(({ id }) => id)).size, 'an event id was used twice').toBe(mine.length);
    return mine.map(({ type, subject, time, data }) => ({ type, subject, time: Date.parse(time), data }));
  }

  async function trail() {
    const told = { A: await trailOf(ids.A), B: await trailOf(ids.B) };
    for (const ticketId of Object.values(ids)) {
      const taken = (await outbox.head(partitionOf(ticketId), 10_000)).at(-1);
      if (taken) await outbox.remove(partitionOf(ticketId), taken);
    }
    return told;
  }

  return { reference: createReference(), deedOf, trail };
}

function newTicketId(): string {
  return ticketIdOf(proofOf(newTicket()));
}

function expectWithoutHole(events: readonly ReceivedEvent[]): void {
  const first = Number(events[0]?.sequence);
  expect(events.map(({ sequence }) => Number(sequence))).toEqual(events.map((_, n) => first + n));
}
