import {
  type ControlBounds,
  type ControlStore,
  type EventRecord,
  type NewEvent,
  newTicket,
  type Outbox,
  PARTITIONS,
  partitionOf,
  proofOf,
  type ReceivedEvent,
  type TicketAppend,
  type TicketState,
  type TicketStore,
  ticketIdOf,
  type UsageCounter,
} from '@admit-one/core';
import { expect } from 'vitest';
import type { ContractTests } from '../contract.ts';
import { decode, newEvent, type Sample, unique } from '../sample-events.ts';
import { OFTEN } from '../waiting.ts';

/** A ticket store with its outbox, control entries and usage counts; closing the store closes all. */
export interface TicketStoreEngine {
  readonly store: TicketStore;
  readonly outbox: Outbox;
  readonly control: ControlStore;
  readonly usage: UsageCounter;
}

/** The bounds of each partition's outbox, in events, and of the control entries. */
export interface StoreBounds {
  readonly softBound?: number;
  readonly hardBound?: number;
  readonly controlBounds?: Partial<ControlBounds>;
}

export interface TicketStoreSubject {
  readonly open: (bounds?: StoreBounds) => Promise<TicketStoreEngine>;
  readonly openAfterLoss: () => Promise<TicketStoreEngine>;
}

export type TicketStoreTests = ContractTests<TicketStoreSubject>;

export const ALL_PARTITIONS: readonly number[] = Array.from({ length: PARTITIONS }, (_, n) => n);

/** The id of a ticket that was never issued before, in a partition of choice. */
export function ticketIn(partition: number): string {
  for (;;) {
    const ticketId = ticketIdOf(proofOf(newTicket()));
    if (partitionOf(ticketId) === partition) return ticketId;
  }
}

/** A ticket as it is right after its issue. */
export function issuedState(): TicketState {
  return {
    status: 'issued',
    ticket: {
      principal: {
        issuer: 'main',
        session: unique('session'),
        sessionFrom: 'sid',
        user: null,
        tokenIssuedAt: 1_750_000_000,
        kid: null,
        attributes: {},
      },
      route: null,
      issuedAt: 1_750_000_000_000,
      expiresAt: 1_750_000_030_000,
    },
  };
}

/** An event about a ticket; its source is its own, and tells it from others. */
export function ticketEvent(ticketId: string, sample: Sample = {}): NewEvent {
  return newEvent({ type: 'admit.ticket.issued', subject: ticketId, ...sample });
}

/** A record of an event about a ticket, which was never recorded before. */
export function recordOf(ticketId: string, given: Partial<EventRecord> = {}): EventRecord {
  return { ticketId, key: unique('key'), event: ticketEvent(ticketId), work: 'rejection', ...given };
}

/** An append that nothing stands against, where the ticket is new. It is forgotten in an hour. */
export async function appendOf(
  { store }: TicketStoreEngine,
  ticketId: string,
  given: Partial<TicketAppend> = {},
): Promise<TicketAppend> {
  return {
    ticketId,
    expectedVersion: null,
    events: [ticketEvent(ticketId)],
    state: issuedState(),
    retainUntil: (await store.ping()).now + 3_600_000,
    guards: [],
    fences: [],
    work: 'new',
    ...given,
  };
}

/** Appends what nothing stands against, and gives the version. */
export async function appended(
  engine: TicketStoreEngine,
  ticketId: string,
  given: Partial<TicketAppend> = {},
): Promise<string> {
  const result = await engine.store.append(await appendOf(engine, ticketId, given));
  if (!result.ok) throw new Error(`the append failed because of its ${result.because}`);
  return result.version;
}

/** Everything that waits in a partition's outbox. */
export async function queueOf(
  { outbox }: TicketStoreEngine,
  partition: number,
): Promise<readonly ReceivedEvent[]> {
  return (await outbox.head(partition, 10_000)).map(decode);
}

/** Empties a partition's outbox. */
export async function drain(engine: TicketStoreEngine, partition: number): Promise<void> {
  const last = (await queueOf(engine, partition)).at(-1);
  if (last) await engine.outbox.remove(partition, last);
}

/** Waits until the store's clock has come to a time. */
export async function untilStoreTime({ store }: TicketStoreEngine, time: number): Promise<void> {
  await expect.poll(async () => (await store.ping()).now, OFTEN).toBeGreaterThanOrEqual(time);
}
