import {
  isReason,
  type LoadedTicket,
  NO_TICKET,
  outboxBoundOf,
  partitionName,
  partitionOf,
  StoreError,
  type TicketAppend,
  type TicketStore,
} from '@admit-one/core';
import { placeOfVersion } from './acknowledged.ts';
import { ALL_PARTITIONS, keysOf } from './keys.ts';
import { encodeEvents } from './outbox-line.ts';
import { readTime, readTimes } from './read-times.ts';
import type { ScriptReply } from './scripts/script.ts';
import type { RedisStoreCore } from './store-core.ts';

const RECORDED_MS = 60_000;

/** Every atomic operation is one script. */
export function createTicketStore(engine: RedisStoreCore): TicketStore {
  return {
    async load(ticketId) {
      const [, now, stored = ''] = await engine.runInEpoch(partitionOf(ticketId), {
        script: 'load',
        keys: (of) => [of.ticket(ticketId)],
        args: [],
      });
      const ticket = ticketIn(stored);
      if (ticket.version !== null) engine.acknowledged.note(...placeOfVersion(ticket.version));
      return { ...ticket, now: Number(now) };
    },

    async append(append) {
      const { ticketId, expectedVersion, events, state, retainUntil, guards, work } = append;
      const partition = partitionOf(ticketId);
      const reply = await engine.runInEpoch(partition, {
        script: 'append',
        keys: (of) => [of.outbox, of.ticket(ticketId), ...guards.map(({ subject }) => of.revoked(subject))],
        args: [
          expectedVersion ?? '',
          JSON.stringify(state),
          expiryOf(retainUntil),
          outboxBoundOf(work, engine.bounds),
          ...guards.map(({ notSince }) => notSince),
          ...encodeEvents(events),
        ],
      });
      const [outcome, fact = '', now] = reply;
      switch (outcome) {
        case 'ok':
          engine.acknowledged.note(...placeOfVersion(fact));
          engine.notifyAppend(partition);
          return { ok: true, version: fact, now: Number(now) };
        case 'version':
          return { ok: false, because: 'version' };
        case 'revoked':
          return { ok: false, because: 'revoked', subject: subjectOf(append, Number(fact)) };
        default:
          throw unwritten(reply, partition);
      }
    },

    async record({ ticketId, key, event, work, rejection = '' }) {
      const partition = partitionOf(ticketId);
      const reply = await engine.runInEpoch(partition, {
        script: 'record',
        keys: (of) => [of.outbox, of.ticket(ticketId), of.rejected(ticketId), of.recorded(ticketId, key)],
        args: [outboxBoundOf(work, engine.bounds), RECORDED_MS, rejection, ...encodeEvents([event])],
      });
      const [outcome, partitionkey = '', last] = reply;
      switch (outcome) {
        case 'ok':
          engine.acknowledged.note(partitionkey, Number(last));
          engine.notifyAppend(partition);
          return;
        case 'known':
          return;
        default:
          throw unwritten(reply, partition);
      }
    },

    async inspect(ticketId) {
      const [, now, stored = '', rejection] = await engine.runInEpoch(partitionOf(ticketId), {
        script: 'inspect',
        keys: (of) => [of.ticket(ticketId), of.rejected(ticketId)],
        args: [],
      });
      const lastRejection = isReason(rejection) ? rejection : null;
      return { state: ticketIn(stored).state, now: Number(now), lastRejection };
    },

    async revoke(subject, at, retainUntil) {
      const args = [at, expiryOf(retainUntil)];
      await Promise.all(
        ALL_PARTITIONS.map((partition) =>
          engine.run({ script: 'revoke', keys: [keysOf(partition).revoked(subject)], args }),
        ),
      );
    },

    async ping() {
      try {
        // One partition is enough. In a cluster, its server may be away while others answer.
        return await readTime(engine, 0).catch(() => Promise.any(readTimes(engine)));
      } catch (error) {
        throw error instanceof AggregateError ? error.errors[0] : error;
      }
    },

    close: () => engine.close(),
  };
}

/** @param stored version and state with a space between them; '' where there is no ticket */
function ticketIn(stored: string): Omit<LoadedTicket, 'now'> {
  const versionEnds = stored.indexOf(' ');
  if (versionEnds < 0) return { version: null, state: NO_TICKET };
  return { version: stored.slice(0, versionEnds), state: JSON.parse(stored.slice(versionEnds + 1)) };
}

/** Redis drops a key after the millisecond of its expiry, but from `retainUntil` on a ticket is unknown. */
function expiryOf(retainUntil: number): number {
  return Math.max(1, Math.ceil(retainUntil) - 1);
}

/** The subject of the guard, numbered from 1, that an append failed on. */
function subjectOf({ guards }: TicketAppend, guard: number): string {
  const subject = guards[guard - 1]?.subject;
  if (subject === undefined) throw new StoreError('unavailable', `Redis: unexpected guard ${guard}`);
  return subject;
}

function unwritten([outcome]: ScriptReply, partition: number): StoreError {
  return outcome === 'full'
    ? new StoreError('outbox_full', `the outbox of ${partitionName(partition)} is full`)
    : new StoreError('unavailable', `Redis: unexpected reply ${outcome}`);
}
