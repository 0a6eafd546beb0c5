import {
  newId,
  newTicket,
  partitionOf,
  proofOf,
  type ReceivedEvent,
  revocationSubjectsOf,
  type TicketCommand,
  ticketIdOf,
} from '@admit-one/core';
import { decode } from '@admit-one/port-contracts';
import { nowhere, samplePrincipal } from '@admit-one/testkit';
import { expect } from 'vitest';
import type { Action, TicketName } from './actions.ts';
import type { Operation } from './operations.ts';
import { createReference, type Reference, type Told } from './reference.ts';
import type { Subject } from './subjects.ts';

/** Tickets that nothing else knows of, in a store and in the reference. */
export interface Trial {
  readonly reference: Reference;
  operationOf(action: Action): Promise<Operation>;
  /** Takes from the outbox what it tells of the tickets, by ticket. Its sequences have no hole, its ids are unique. */
  auditLog(): Promise<Readonly<Record<TicketName, readonly Told[]>>>;
}

/** How long a command may be on its way, with all the copies of it. */
const COMMAND_MS = 3_000;

export function beginTrial({ processes: [{ store }], outbox }: Subject): Trial {
  const principal = samplePrincipal({ session: newId(), user: null });
  const [marker = ''] = revocationSubjectsOf(principal);
  const ids: Readonly<Record<TicketName, string>> = { A: newTicketId(), B: newTicketId() };
  const commands: Operation[] = [];

  async function commandOf({
    plan,
    route,
    isLate,
  }: Extract<Action, { kind: 'command' }>): Promise<TicketCommand> {
    const { now } = await store.ping();
    const common = {
      id: newId(),
      context: { ...nowhere, route },
      deadline: isLate ? now - 1 : now + COMMAND_MS,
    };
    return plan.type === 'issue' ? { ...plan, ...common, principal } : { ...plan, ...common };
  }

  async function operationOf(action: Action): Promise<Operation> {
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

  function lastBut(since: number): Operation {
    const operation = commands.at(-1 - since) ?? commands[0];
    if (!operation) throw new Error('there was no command that could come again');
    return operation;
  }

  async function eventsOf(ticketId: string): Promise<readonly Told[]> {
    const partition = partitionOf(ticketId);
    const events = (await outbox.head(partition, 10_000)).map(decode);
    const mine = events.filter(({ subject }) => subject === ticketId);
    expectWithoutHole(events);
    expect(new Set(mine.map(({ id }) => id)).size, 'an event id was used twice').toBe(mine.length);
    return mine.map(({ type, subject, time, data }) => ({ type, subject, time: Date.parse(time), data }));
  }

  async function auditLog() {
    const told = { A: await eventsOf(ids.A), B: await eventsOf(ids.B) };
    for (const ticketId of Object.values(ids)) {
      const taken = (await outbox.head(partitionOf(ticketId), 10_000)).at(-1);
      if (taken) await outbox.remove(partitionOf(ticketId), taken);
    }
    return told;
  }

  return { reference: createReference(), operationOf, auditLog };
}

function newTicketId(): string {
  return ticketIdOf(proofOf(newTicket()));
}

function expectWithoutHole(events: readonly ReceivedEvent[]): void {
  const first = Number(events[0]?.sequence);
  expect(events.map(({ sequence }) => Number(sequence))).toEqual(events.map((_, n) => first + n));
}
