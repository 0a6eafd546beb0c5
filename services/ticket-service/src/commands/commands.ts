import {
  createTicketCache,
  execute,
  type Outcome,
  type Reason,
  type RejectionRecorder,
  reasonRow,
  type StoreClock,
  type TicketCommand,
  type TicketStore,
} from '@admit-one/core';
import { type Meter, shared, type Tracing } from '@admit-one/runtime';
import type { TicketReply } from '@admit-one/ticket-client';
import { rejectionErrorOf } from '../http/rejection-error-of.ts';
import { startCommandSpan, traceStore } from './trace-commands.ts';

/** Executes commands on tickets, measured. Replies set the clock. */
export interface Commands {
  /** @throws {StoreError} the outcome is then unknown */
  run(ticketId: string, command: TicketCommand): Promise<Outcome>;
  /** Counts a command that was rejected without being run. */
  countRejected(type: TicketCommand['type'], reason: Reason): void;
  /** Store time now, Unix milliseconds, requested from the store where the clock is not set. @throws {StoreError} */
  now(): number | Promise<number>;
  /**
   * Store time, Unix milliseconds. Anyone may ask for it, at `/readyz` and on the bus: the store is asked once a second at
   * most, unless a command has failed since. @throws {StoreError}
   */
  ping(): Promise<number>;
}

export interface CommandsOptions {
  readonly store: TicketStore;
  readonly rejections: Pick<RejectionRecorder, 'record'>;
  /** The `source` of the events: this instance. */
  readonly source: string;
  readonly clock: StoreClock;
  readonly meter: Meter;
  readonly tracing?: Tracing | null;
}

/** How long the store's answer to a ping is kept. */
const KEPT_MS = 1_000;

/** Every command runs here, from HTTP and from the bus. */
export function createCommands(options: CommandsOptions): Commands {
  const { store, rejections, source, clock, meter, tracing = null } = options;
  const commands = meter.counter('admit_commands_total');
  const duration = meter.histogram('admit_command_duration_seconds');

  const cache = createTicketCache({ clock });

  function count(
    command: TicketCommand['type'],
    outcome: Outcome['kind'] | 'failed',
    reason: Reason | 'none',
  ): void {
    commands.add(1, { command, outcome, reason });
  }

  const pingStore = shared(KEPT_MS, async () => {
    const { now } = await store.ping();
    clock.observe(now);
  });
  async function ping(): Promise<number> {
    await pingStore();
    return clock.now();
  }

  return {
    ping,
    countRejected: (type, reason) => count(type, 'failed', reason),
    now: () => (clock.synchronized ? clock.now() : ping()),
    async run(ticketId, command) {
      const startedAt = performance.now();
      const span = startCommandSpan(tracing, ticketId, command);
      const traced = tracing && span ? traceStore(store, tracing, span.traceparent) : store;
      try {
        const outcome = await execute(ticketId, command, { store: traced, source, cache, rejections });
        clock.observe(outcome.now);
        count(command.type, outcome.kind, outcome.kind === 'rejected' ? outcome.reason : 'none');
        span?.end({ 'admit.outcome': outcome.kind === 'rejected' ? outcome.reason : outcome.kind });
        return outcome;
      } catch (error) {
        pingStore.forget();
        const { reason } = rejectionErrorOf(error);
        count(command.type, 'failed', reason);
        span?.end({ 'admit.outcome': reason }, String(error));
        throw error;
      } finally {
        duration.record((performance.now() - startedAt) / 1000, { command: command.type });
      }
    },
  };
}

/** The commands whose sender learns from the reply whose ticket it is. */
const asksForPrincipal: ReadonlySet<TicketCommand['type']> = new Set(['reserve', 'exchange', 'redeem']);

/** The outcome of a command as its reply. */
export function replyOf(type: TicketCommand['type'], outcome: Outcome): TicketReply {
  const { kind, state, now } = outcome;
  if (kind === 'accepted') {
    const isKnown = asksForPrincipal.has(type) && state.status !== 'none';
    return { kind, now, principal: isKnown ? state.ticket.principal : null };
  }
  const { reason } = outcome;
  return { kind, now, reason, recorded: reasonRow(reason).recorded };
}
