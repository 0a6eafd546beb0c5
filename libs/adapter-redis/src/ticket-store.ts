import {
  isReason,
  type LoadedTicket,
  NO_TICKET,
  outboxBoundOf,
  partitionName,
  partitionOf,
  type RevocationGuard,
  StoreError,
  type TicketAppend,
  type TicketStore,
  type UnnumberedEvent,
} from '@admit-one/core';
import { placeOfVersion } from './acknowledged.ts';
import type { RedisControl } from './control-store.ts';
import { expiryOf } from './expiry-of.ts';
import { fenceField } from './keys.ts';
import { encodeEvents } from './outbox-line.ts';
import { readTime, readTimes } from './read-times.ts';
import type { ScriptReply } from './scripts/script.ts';
import type { RedisStoreCore } from './store-core.ts';

const RECORDED_MS = 60_000;

/** Every atomic operation is one script. */
export function createTicketStore(engine: RedisStoreCore, control: RedisControl): TicketStore {
  /** By the fences of an append, which are the same for all commands of a principal. */
  const texts = new WeakMap<readonly RevocationGuard[], string>();

  function enforcementText(fences: readonly RevocationGuard[], guards: readonly RevocationGuard[]): string {
    const known = texts.get(fences);
    if (known !== undefined) return known;
    const text = JSON.stringify([
      fences.map(({ subject, notSince }) => [fenceField(subject), notSince]),
      guards.map(({ notSince }) => notSince),
    ]);
    texts.set(fences, text);
    return text;
  }

  function runAppend(append: TicketAppend, events: readonly UnnumberedEvent[]): Promise<ScriptReply> {
    const { ticketId, expectedVersion, state, retainUntil, guards, fences, work } = append;
    return engine.runInEpoch(partitionOf(ticketId), {
      script: 'append',
      keys: (of) => [of.outbox, of.ticket(ticketId), ...guards.map(({ subject }) => of.revoked(subject))],
      args: [
        expectedVersion ?? '',
        JSON.stringify(state),
        expiryOf(retainUntil),
        outboxBoundOf(work, engine.bounds),
        control.isFollowing ? '1' : '',
        enforcementText(fences, guards),
        ...events.map(({ json }) => json),
      ],
    });
  }

  return {
    async load(ticketId) {
      const [, now, stored = ''] = await engine.runInEpoch(partitionOf(ticketId), {
        script: 'load',
        keys: (of) => [of.ticket(ticketId)],
        args: [],
      });
      const { version, state } = ticketIn(stored);
      if (version !== null) engine.acknowledged.note(...placeOfVersion(version));
      return { version, state, now: Number(now) };
    },

    async append(append) {
      const partition = partitionOf(append.ticketId);
      const events = encodeEvents(append.events);
      let reply = await runAppend(append, events);
      if (reply[0] === 'control') {
        await control.enforcePartition(partition);
        reply = await runAppend(append, events);
      }
      const [outcome, fact = '', now] = reply;
      switch (outcome) {
        case 'ok':
          engine.noteAppend(partition, ...placeOfVersion(fact), events);
          return { ok: true, version: fact, now: Number(now) };
        case 'version':
          return { ok: false, because: 'version' };
        case 'revoked':
          return { ok: false, because: 'revoked', subject: subjectOf(append.guards, Number(fact)) };
        case 'fenced':
          return { ok: false, because: 'revoked', subject: subjectOf(append.fences, Number(fact)) };
        default:
          throw unwritten(reply, partition);
      }
    },

    async record({ ticketId, key, event, work, rejection = '' }) {
      const partition = partitionOf(ticketId);
      const events = encodeEvents([event]);
      const reply = await engine.runInEpoch(partition, {
        script: 'record',
        keys: (of) => [of.outbox, of.ticket(ticketId), of.rejected(ticketId), of.recorded(ticketId, key)],
        args: [outboxBoundOf(work, engine.bounds), RECORDED_MS, rejection, ...events.map(({ json }) => json)],
      });
      const [outcome, partitionkey = '', last] = reply;
      switch (outcome) {
        case 'ok':
          engine.noteAppend(partition, partitionkey, Number(last), events);
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

/** The subject of the guard, numbered from 1, that an append failed on. */
function subjectOf(guards: readonly RevocationGuard[], guard: number): string {
  const subject = guards[guard - 1]?.subject;
  if (subject === undefined) throw new StoreError('unavailable', `Redis: unexpected guard ${guard}`);
  return subject;
}

function unwritten([outcome]: ScriptReply, partition: number): StoreError {
  return outcome === 'full'
    ? new StoreError('outbox_full', `the outbox of ${partitionName(partition)} is full`)
    : new StoreError('unavailable', `Redis: unexpected reply ${outcome}`);
}
