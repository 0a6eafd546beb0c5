import type { Reason } from '@admit-one/core';
import type { DependencyName } from './dependency-names.ts';
import { errorMessage } from './errors.ts';
import type { Logger } from './logging.ts';
import type { Meter } from './metrics/meter.ts';
import { OUTAGE_MS, secondsSince } from './outage-log.ts';

/** Whether a dependency can be reached, as a process last knew. */
export interface DependencyState {
  readonly name: DependencyName;
  readonly up: boolean;
  /** Since when, Unix milliseconds. */
  readonly since: number;
  /** Why it can't be reached; null where it can, or where nothing has been heard yet. */
  readonly cause: string | null;
}

/** Told by an adapter whether it can reach its engine. Repeated calls are no news. */
export interface DependencyWatch {
  onUnreachable(error: unknown): void;
  onReachable(): void;
}

/** All that a process depends on. Logs an outage when it begins and when it ends, and exports it as a metric. */
export interface Dependencies {
  /** @param issuer the alias, for `issuer_keys`; these are up while the keys of every issuer can be fetched */
  watch(name: DependencyName, issuer?: string): DependencyWatch;
  /** One for each name that is watched, at most four. */
  readonly states: readonly DependencyState[];
  /** Whether one of them is down, which explains other failures. */
  readonly isAnyDown: () => boolean;
  /** Counts a rejection that the outage of a dependency caused; others are ignored. */
  countRejected(what: keyof Rejected, reason: Reason): void;
  close(): void;
}

/** What an outage has rejected or closed. */
interface Rejected {
  requests: number;
  commands: number;
  connections: number;
}

/** The reasons that an outage causes, and of what. */
const CAUSED_BY: Partial<Readonly<Record<Reason, DependencyName>>> = {
  store_unavailable: 'redis',
  ticket_service_unavailable: 'nats',
  issuer_unavailable: 'issuer_keys',
  audit_log_unavailable: 'postgres',
  upstream_unavailable: 'nats',
};

const NONE: Rejected = { requests: 0, commands: 0, connections: 0 };

const EFFECTS: Readonly<Record<DependencyName, string>> = {
  redis: 'No ticket is issued or accepted. Open connections stay.',
  nats: 'No connection is admitted, and events wait. Open connections stay.',
  postgres: 'The audit log cannot be read, and events wait in the event stream. Admissions go on.',
  issuer_keys: 'Known keys are used for 24 hours; tokens of unknown keys are rejected.',
};

interface Watched {
  readonly name: DependencyName;
  readonly issuer: string | undefined;
  state: 'unknown' | 'up' | 'down';
  since: number;
  /** The same, of the monotonic clock. */
  startedAt: number;
  cause: string | null;
  wasUp: boolean;
  isLogged: boolean;
  rejected: Rejected;
  timer?: NodeJS.Timeout;
}

export function createDependencies({ log, meter }: { log: Logger; meter: Meter }): Dependencies {
  const all: Watched[] = [];

  function change(watched: Watched, state: 'up' | 'down', cause: string | null): void {
    clearTimeout(watched.timer);
    const rejected = { ...NONE };
    Object.assign(watched, { state, cause, rejected, isLogged: false });
    Object.assign(watched, { since: Date.now(), startedAt: performance.now() });
  }

  function logDown(watched: Watched): void {
    const { name: dependency, issuer, cause, since } = watched;
    watched.isLogged = true;
    log.error(
      { dependency, issuer, cause, since: new Date(since), effect: EFFECTS[dependency] },
      'dependency_down',
    );
  }

  function logUp({ name: dependency, issuer, startedAt, wasUp, isLogged, rejected }: Watched): void {
    if (wasUp && !isLogged) return;
    const outage = {
      downSeconds: secondsSince(startedAt),
      rejectedRequests: rejected.requests,
      rejectedCommands: rejected.commands,
      closedConnections: rejected.connections,
    };
    log.info({ dependency, issuer, ...(isLogged && outage) }, 'dependency_up');
  }

  function watch(name: DependencyName, issuer?: string): DependencyWatch {
    const watched: Watched = {
      ...{ name, issuer, state: 'unknown', since: Date.now(), startedAt: performance.now() },
      ...{ cause: null, wasUp: false, isLogged: false, rejected: { ...NONE } },
    };
    all.push(watched);
    return {
      onUnreachable(error) {
        if (watched.state === 'down') return;
        change(watched, 'down', errorMessage(error));
        watched.timer = setTimeout(logDown, OUTAGE_MS, watched).unref();
      },
      onReachable() {
        if (watched.state === 'up') return;
        logUp(watched);
        change(watched, 'up', null);
        watched.wasUp = true;
      },
    };
  }

  /** Down while one of them is, and changed when the last of them did. */
  function stateOf(name: DependencyName): DependencyState {
    const parts = all.filter((watched) => watched.name === name);
    const cause = parts.find(({ state }) => state === 'down')?.cause ?? null;
    const up = parts.every(({ state }) => state === 'up');
    return { name, up, since: Math.max(...parts.map(({ since }) => since)), cause };
  }

  const states = () => [...new Set(all.map(({ name }) => name))].map(stateOf);
  const stopObserving = observe(meter, states);

  return {
    watch,
    get states() {
      return states();
    },
    isAnyDown: () => all.some(({ state }) => state === 'down'),
    countRejected(what, reason) {
      for (const { name, state, rejected } of all)
        if (state === 'down' && name === CAUSED_BY[reason]) rejected[what] += 1;
    },
    close() {
      for (const { timer } of all) clearTimeout(timer);
      stopObserving();
    },
  };
}

const METRICS = ['admit_dependency_up', 'admit_dependency_changed_timestamp_seconds'] as const;

/** Exports the states. Returns a function that stops it. */
function observe(meter: Meter, states: () => readonly DependencyState[]): () => void {
  const [up, changed] = METRICS;
  return meter.observe(METRICS, (observer) => {
    for (const { name: dependency, up: isUp, since } of states()) {
      observer.value(up, isUp ? 1 : 0, { dependency });
      observer.value(changed, since / 1_000, { dependency });
    }
  });
}
