import {
  BusError,
  type ControlEntry,
  type ControlVersion,
  type Messages,
  type RequestReply,
} from '@admit-one/core';
import { createGuard } from '../protocol.ts';
import { ConnectionCommand, type ConnectionResult } from './connection-protocol.ts';
import {
  ControlChangesReply,
  type ControlEdgeMessage,
  ControlQuestion,
  ControlStateMessage,
  controlSubjects,
  jsonMessage,
  jsonReader,
} from './control-protocol.ts';

export interface ControlFollowerOptions {
  /** This instance. */
  readonly edge: string;
  readonly messages: Messages;
  readonly requests: RequestReply;
  readonly isConnected: () => boolean;
  /**
   * Puts entries into effect, at once.
   * @param complete whether these are the first of all entries there are: those applied before are no longer known
   * @returns how many connections each has closed, by its id
   */
  readonly apply: (entries: readonly ControlEntry[], complete: boolean) => ReadonlyMap<string, number>;
  /** Called when log-outs may have left the list of entries before they were applied. */
  readonly onMissed: () => void;
  /** What an entry would close, without closing it. */
  readonly count: (entry: ControlEntry) => {
    readonly connections: number;
    readonly users: readonly string[];
  };
  /** Does what a backend asks for. */
  readonly command: (command: ConnectionCommand) => ConnectionResult;
  readonly onError: (error: unknown) => void;
}

/** Follows the control entries on the bus. */
export interface ControlFollower {
  /** The version that was applied last; null before the first. */
  readonly version: ControlVersion | null;
  /** Whether all entries were applied that there were at the last look. */
  readonly synchronized: boolean;
  /** How long ago that was, in milliseconds; infinite before the first time. */
  readonly stalenessMs: number;
  /** Tells the ticket-services that the edge has stopped. */
  stop(): void;
}

const CHECK_MS = 1_000;
/** How many checks there are for one announcement. */
const CHECKS_PER_ANNOUNCEMENT = 10;
const REQUEST_MS = 2_000;
/** By how much the time of an entry may be before its write. */
const WRITTEN_WITHIN_MS = 10_000;
/** How many entries' counts, and results, are kept for ticket-services that ask again. */
const KEPT = 1_000;

/**
 * Applies each change that a ticket-service announces, and asks for what it has missed: at the start, after the bus was
 * away, and when an announcement shows a gap. Answers with the version that it has applied.
 */
export function startControlFollower(options: ControlFollowerOptions): ControlFollower {
  const { edge, messages, requests, isConnected, apply, onMissed, count, command, onError } = options;
  const isChanges = createGuard(ControlChangesReply);
  const readState = jsonReader(ControlStateMessage);
  const readQuestion = jsonReader(ControlQuestion);
  const readCommand = jsonReader(ConnectionCommand);
  const results = new Map<string, ConnectionResult>();
  const closed = new Map<string, number>();
  let version: ControlVersion | null = null;
  let synchronizedAt = Number.NEGATIVE_INFINITY;
  /** Store time. */
  let knownUntil = 0;
  let missing = true;
  let fetching = false;
  let checks = 0;
  let stopped = false;

  function take(entries: readonly ControlEntry[], next: ControlVersion, complete: boolean): void {
    for (const [id, connections] of apply(entries, complete)) {
      closed.delete(id);
      closed.set(id, connections);
    }
    forgetFirst(closed);
    version = next;
  }

  /** @param now store time */
  function isUpToDate(now: number): void {
    missing = false;
    knownUntil = now - WRITTEN_WITHIN_MS;
    synchronizedAt = performance.now();
  }

  /** @param entry whose connections to count @param answer to a question or command */
  function announce(entry?: string, answer?: Pick<ControlEdgeMessage, 'answer' | 'result'>): void {
    const count = entry === undefined ? undefined : closed.get(entry);
    const message: ControlEdgeMessage = {
      ...{ edge, version, stopped },
      closed: entry !== undefined && count !== undefined ? { [entry]: count } : {},
      ...answer,
    };
    try {
      messages.publish(jsonMessage(controlSubjects.edge, message));
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
    }
  }

  function reply({ id, entry }: ControlQuestion): void {
    const { connections, users } = count(entry);
    announce(undefined, { answer: { id, connections, users: [...users] } });
  }

  function carryOut(asked: ConnectionCommand): void {
    const result = results.get(asked.id) ?? command(asked);
    results.set(asked.id, result);
    forgetFirst(results);
    announce(undefined, { result });
  }

  async function fetchMissing(): Promise<void> {
    if (fetching || stopped) return;
    fetching = true;
    try {
      for (let more = true; more && !stopped; ) {
        const reply = await requests.request(controlSubjects.since, { version }, REQUEST_MS);
        if (!isChanges(reply)) throw new TypeError('a reply on control entries is not of its form');
        if (version !== null && reply.unlistedUntil > knownUntil) onMissed();
        take(reply.entries, reply.version, reply.complete);
        if (!reply.more) isUpToDate(reply.now);
        more = reply.more;
      }
      announce();
    } catch (error) {
      missing = true;
      if (!(error instanceof BusError)) onError(error);
    } finally {
      fetching = false;
    }
  }

  function hearState({ version: next, change, now }: ControlStateMessage): void {
    if (isSame(version, next)) isUpToDate(now);
    else if (change && isSame(version, change.previous) && !fetching) {
      take([change.entry], next, false);
      isUpToDate(now);
    } else missing = true;
    if (change) announce(change.entry.id);
    if (missing) void fetchMissing().then(() => change && announce(change.entry.id));
  }

  function check(): void {
    checks += 1;
    if (!isConnected()) missing = true;
    else if (missing) void fetchMissing();
    if (checks % CHECKS_PER_ANNOUNCEMENT === 0) announce();
  }

  const subscriptions = [
    messages.subscribe(controlSubjects.state, ({ body }) => {
      const message = readState(body);
      if (message && !stopped) hearState(message);
    }),
    messages.subscribe(controlSubjects.question, ({ body }) => {
      const question = readQuestion(body);
      if (question) reply(question);
    }),
    messages.subscribe(controlSubjects.command, ({ body }) => {
      const asked = readCommand(body);
      if (asked && !stopped) carryOut(asked);
    }),
  ];
  const timer = setInterval(check, CHECK_MS);
  timer.unref();
  void fetchMissing();

  return {
    get version() {
      return version;
    },
    get synchronized() {
      return !missing;
    },
    get stalenessMs() {
      return performance.now() - synchronizedAt;
    },
    stop() {
      stopped = true;
      clearInterval(timer);
      for (const unsubscribe of subscriptions) unsubscribe();
      announce();
    },
  };
}

function forgetFirst(kept: Map<string, unknown>): void {
  for (const id of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(id);
  }
}

function isSame(one: ControlVersion | null, other: ControlVersion): boolean {
  return one?.generation === other.generation && one.number === other.number;
}
