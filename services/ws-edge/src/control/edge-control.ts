import {
  type Bus,
  type ControlEntry,
  type ControlVersion,
  closeReasonOf,
  createConnectionMatcher,
  digestOf,
  isInForce,
  type StoreClock,
} from '@admit-one/core';
import type { FailedCheck } from '@admit-one/gate';
import type { Logger } from '@admit-one/runtime';
import { prefixMatcher } from '@admit-one/text';
import { createBlockedPrefixes, startControlFollower } from '@admit-one/ticket-client';
import { closeOneByOne } from '../connection/close-one-by-one.ts';
import type { Connections } from '../connection/connections.ts';
import type { Connection } from '../connection/types.ts';
import { createConnectionCommands } from './connection-commands.ts';
import { startStalenessWatch } from './staleness-watch.ts';

/** Keeps the entries that come while a handshake is under way. */
export interface HandshakeWatch {
  /** Closes a new connection that one of them ends: its confirm may have been faster than the entry. */
  check(connection: Connection): void;
  end(): void;
}

type FindEntry = (connection: Connection) => ControlEntry | undefined;

class Watch implements HandshakeWatch {
  missed: ControlEntry[] | undefined;
  readonly #underWay: Set<Watch>;
  readonly #finderOf: (entries: readonly ControlEntry[]) => FindEntry;

  constructor(underWay: Set<Watch>, finderOf: (entries: readonly ControlEntry[]) => FindEntry) {
    this.#underWay = underWay;
    this.#finderOf = finderOf;
    underWay.add(this);
  }

  check(connection: Connection): void {
    const entry = this.missed && this.#finderOf(this.missed)(connection);
    if (entry) connection.close(closeReasonOf(entry));
  }

  end(): void {
    this.#underWay.delete(this);
  }
}

/** Puts control entries into effect at an edge. */
export interface EdgeControl {
  /** Why a handshake is rejected before its ticket is looked up. */
  rejectionOf(handshake: {
    readonly address: string | null;
    readonly route: string | null;
  }): FailedCheck | undefined;
  watchHandshake(): HandshakeWatch;
  /** Whether an operator drains this edge. */
  readonly draining: boolean;
  readonly synchronized: boolean;
  /** Which entries were applied. */
  readonly version: ControlVersion | null;
  stop(): void;
}

export interface EdgeControlOptions {
  readonly instance: string;
  readonly bus: Bus;
  readonly clock: StoreClock;
  readonly connections: Connections;
  /** How long the closes of a drain are spread over. */
  readonly drainMs: number;
  /** By route, for how long it may be unknown what was revoked. */
  readonly maxStalenessMs: ReadonlyMap<string, number>;
  readonly log: Logger;
}

export function startEdgeControl(options: EdgeControlOptions): EdgeControl {
  const { instance, bus, clock, connections, drainMs, maxStalenessMs, log } = options;
  const blocked = createBlockedPrefixes();
  const underWay = new Set<Watch>();
  let drain: ControlEntry | undefined;

  function apply(entries: readonly ControlEntry[], complete: boolean): ReadonlyMap<string, number> {
    const now = clock.now();
    const inForce = entries.filter((entry) => isInForce(entry, now));
    blocked.take(entries, complete);
    if (complete) drain = undefined;
    if (inForce.length > 0)
      for (const watch of underWay) watch.missed = [...(watch.missed ?? []), ...inForce];
    const closed = new Map(inForce.map(({ id }) => [id, 0]));
    // A drain closes its connections one by one.
    for (const { entry, connection } of affectedBy(inForce.filter(({ kind }) => kind !== 'edge'))) {
      connection.close(closeReasonOf(entry));
      closed.set(entry.id, (closed.get(entry.id) ?? 0) + 1);
    }
    for (const entry of entries) {
      if (entry.kind !== 'edge' || entry.value !== instance) continue;
      const begins = isInForce(entry, now) && drain === undefined;
      drain = isInForce(entry, now) ? entry : undefined;
      closed.set(entry.id, connections.count);
      if (begins) void closeOneByOne(connections, drainMs);
    }
    for (const { id, kind, why, by } of inForce)
      if (closed.get(id) !== 0 || kind === 'prefix')
        log.info({ entry: id, kind, why, by, closed: closed.get(id) }, 'control_applied');
    return closed;
  }

  /** Finds the entry that ends a connection of this edge. */
  function createFinder(entries: readonly ControlEntry[]): FindEntry {
    const matcher = createConnectionMatcher(entries);
    const byPlace = entries.flatMap((entry) => {
      const has = placeOf(entry);
      return has ? [{ entry, has }] : [];
    });
    return (connection) => {
      const { id, ticketId, address, lease } = connection;
      // Neither the token that admitted it nor the one that renewed it may be revoked.
      const renewed = lease.renewedBy && matcher.match({ id, ticketId, principal: lease.renewedBy });
      return (
        matcher.match(connection) ?? renewed ?? byPlace.find(({ has }) => has(address))?.entry ?? undefined
      );
    };
  }

  /** Whether an entry is about an address, or all of them, here; undefined where it is about neither. */
  function placeOf({ kind, value }: ControlEntry): ((address: string | null) => boolean) | undefined {
    if (kind === 'edge') return () => value === instance;
    if (kind !== 'prefix' || value === null) return undefined;
    const isWithin = prefixMatcher(value);
    return (address) => address !== null && isWithin(address);
  }

  function affectedBy(entries: readonly ControlEntry[]) {
    const find = createFinder(entries);
    return connections.all().flatMap((connection) => {
      const entry = find(connection);
      return entry ? [{ entry, connection }] : [];
    });
  }

  const follower = startControlFollower({
    edge: instance,
    messages: bus.messages,
    requests: bus.requests,
    isConnected: () => bus.connected,
    apply,
    onMissed() {
      log.warn({ connections: connections.count }, 'control_missed');
      void closeOneByOne(connections, drainMs, 'control_stale');
    },
    count: (entry) => countOf(affectedBy([entry]).map(({ connection }) => connection)),
    command: createConnectionCommands(instance, connections),
    onError: (error) => log.error({ err: error }, 'control_not_followed'),
  });
  const staleness = startStalenessWatch({ follower, connections, maxStalenessMs, log });

  return {
    rejectionOf({ address, route }) {
      if (drain && isInForce(drain, clock.now())) return { reason: 'draining' };
      if (blocked.has(address, clock.now())) return { reason: 'address_blocked' };
      return route !== null && staleness.isStale(route) ? { reason: 'control_stale' } : undefined;
    },
    watchHandshake: () => new Watch(underWay, createFinder),
    get draining() {
      return drain !== undefined && isInForce(drain, clock.now());
    },
    get synchronized() {
      return follower.synchronized;
    },
    get version() {
      return follower.version;
    },
    stop() {
      staleness.stop();
      follower.stop();
    },
  };
}

function countOf(affected: readonly Connection[]) {
  const users = affected.map(({ principal: { issuer, user, session } }) =>
    digestOf(JSON.stringify([issuer, user, user === null ? session : null])).slice(0, 11),
  );
  return { connections: affected.length, users: [...new Set(users)] };
}
