import {
  type Bus,
  BusError,
  type ControlChange,
  type ControlCopy,
  type ControlEntry,
  type ControlStore,
  changeControl,
  createControlCopy,
  guardsOfToken,
  hasReached,
  type NewEvent,
  type Principal,
  type Running,
  refreshCopy,
  type StoreClock,
  StoreError,
  startWorker,
} from '@admit-one/core';
import { createOutageLog, type Logger } from '@admit-one/runtime';
import {
  type BlockedPrefixes,
  ControlSinceRequest,
  ControlStateMessage,
  controlSubjects,
  createBlockedPrefixes,
  createGuard,
  jsonMessage,
  jsonReader,
} from '@admit-one/ticket-client';
import { restoreControl } from './restore-control.ts';
import { restoring } from './restore-on-loss.ts';
import { takeTurns } from './take-turns.ts';

/** The control entries, as a ticket-service keeps and changes them. */
export interface ControlState {
  readonly copy: ControlCopy;
  readonly blocked: BlockedPrefixes;
  /** Whether the store is known to enforce every entry: before that, nothing is issued. */
  readonly restored: boolean;
  /** Writes an entry. It is enforced when this resolves; edges are told by `announce`. @throws {StoreError} */
  change(
    decide: (now: number) => ControlEntry | null,
    eventOf: (entry: ControlEntry) => NewEvent,
  ): Promise<ControlChange | null>;
  /** Tells edges and other ticket-services of a change, or which version there is. */
  announce(change: ControlChange | null): void;
  /** Whether the copy revokes a token, or a marker in the store: also of a log-out that has left the list. @throws {StoreError} */
  isRevoked(principal: Principal): Promise<boolean>;
  /** Brings the copy up to date with the store. @throws {StoreError} */
  refresh(): Promise<void>;
  /** Restores the entries where the store has lost them. @throws {StoreError} @throws {BusError} */
  recover(): Promise<void>;
  stop(): Promise<void>;
}

export interface ControlStateOptions {
  readonly store: ControlStore;
  readonly bus: Bus;
  readonly clock: StoreClock;
  readonly log: Logger;
  /** Whether a dependency is down, which explains failures. */
  readonly isExplained: () => boolean;
}

const REPEAT_MS = 10_000;
/** How long a change waits for those before it. */
const LONGEST_TURN_MS = 2_000;

export function startControlState({
  store,
  bus,
  clock,
  log,
  isExplained,
}: ControlStateOptions): ControlState {
  const copy = createControlCopy();
  const blocked = createBlockedPrefixes();
  const isSinceRequest = createGuard(ControlSinceRequest);
  const readState = jsonReader(ControlStateMessage);
  let restored = false;
  let synchronizing: Promise<void> | undefined;
  let answering: Promise<Running> | undefined;
  let stopping = false;

  /** Brings the copy and the partitions up to date, where the store has lost its entries from the copy or the audit log. */
  async function synchronize(): Promise<void> {
    try {
      await refresh();
    } catch (error) {
      if (!(error instanceof StoreError && error.code === 'control_lost')) throw error;
      restored = false;
      const entries = await restoreControl(store, copy, bus.requests, clock.now());
      if (entries.length > 0) log.warn({ entries: entries.length }, 'control_restored');
      await refresh();
    }
    await store.enforce();
    restored = true;
    // Not before: on an empty store, a follower that asks at the start would be told of a loss.
    if (!stopping) answering ??= answer();
    await answering;
    announce(null);
  }

  function recover(): Promise<void> {
    synchronizing ??= synchronize().finally(() => {
      synchronizing = undefined;
    });
    return synchronizing;
  }

  function answer(): Promise<Running> {
    return bus.requests.serve(controlSubjects.since, async (body) => {
      if (!isSinceRequest(body)) throw new TypeError('a request for control entries is not of its form');
      return restoring(recover, () => store.changes(body.version));
    });
  }

  async function refresh(): Promise<void> {
    await refreshCopy(store, copy);
    blocked.take(copy.all(), true);
  }

  function announce(change: ControlChange | null): void {
    if (!copy.version) return;
    const message: ControlStateMessage = {
      version: change?.version ?? copy.version,
      change: change && { previous: change.previous, entry: change.entry },
      now: clock.now(),
    };
    try {
      bus.messages.publish(jsonMessage(controlSubjects.state, message));
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
    }
  }

  // Changes at once would each fail on the version of the one before.
  const inTurn = takeTurns(LONGEST_TURN_MS);

  const outage = createOutageLog({
    log,
    failure: 'control_not_synchronized',
    recovery: 'control_synchronized',
    isExplained,
  });
  const worker = startWorker({
    work: async () => {
      if (!stopping) await recover();
      return false;
    },
    idleMs: REPEAT_MS,
    onError: outage.failed,
    onRecovery: outage.succeeded,
  });

  const unsubscribe = bus.messages.subscribe(controlSubjects.state, ({ body }) => {
    const message = readState(body);
    if (!message) return;
    if (!hasReached(copy.version, message.version)) worker.wake();
  });

  return {
    copy,
    blocked,
    get restored() {
      return restored;
    },
    async change(decide, eventOf) {
      const change = await inTurn(() =>
        restoring(recover, () => changeControl(store, copy, decide, eventOf)),
      );
      if (change) blocked.take([change.entry], false);
      return change;
    },
    announce,
    async isRevoked(principal) {
      if (copy.revocationOf({ id: '', ticketId: '', principal }, clock.now())) return true;
      return restoring(recover, () => store.isRevoked(guardsOfToken(principal)));
    },
    refresh: () => restoring(recover, refresh),
    recover,
    async stop() {
      stopping = true;
      unsubscribe();
      await worker.stop().catch(() => {});
      await (await answering)?.stop();
    },
  };
}
