import {
  type Bus,
  type ControlChange,
  type ControlEntry,
  type ControlKind,
  LOGGED_OUT,
  type NewEvent,
  newId,
  type Principal,
  type Reporter,
  type StoreClock,
  type TicketCommand,
} from '@admit-one/core';
import { type Logger, logAt, RejectionError } from '@admit-one/runtime';
import { controlSubjects, jsonMessage } from '@admit-one/ticket-client';
import type { Commands } from '../commands/commands.ts';
import type { ControlState } from './control-state.ts';
import { type ControlDecision, entryOf } from './control-target.ts';
import type { EdgeConfirmations, EdgeRegistry } from './edge-registry.ts';

/** The answer to a decision: it is in effect, as far as the edges have confirmed it. */
export interface Receipt {
  readonly id: string;
  /** How many connections were closed for it. */
  readonly closed: number;
  readonly edges: EdgeConfirmations;
  readonly expiresAt: string;
}

/** What a decision would do. */
export interface Forecast {
  readonly dryRun: true;
  readonly connections: number;
  readonly users: number;
  readonly edges: EdgeConfirmations;
}

/** What a decision belongs to. */
export interface DecisionTrace {
  readonly traceparent: string | null;
  readonly traceId: string | null;
}

/** Carries decisions out. All methods throw `RejectionError` and `StoreError`. */
export interface ControlActions {
  carryOut(decision: ControlDecision, trace: DecisionTrace): Promise<Receipt>;
  forecast(decision: ControlDecision): Promise<Forecast>;
  /** Ends an entry before its time. */
  undo(id: string, by: string, why: string, trace: DecisionTrace): Promise<Receipt>;
  /** The entries in force. */
  list(): readonly ControlEntry[];
  /** Whether a token is revoked. */
  isRevoked(principal: Principal): Promise<boolean>;
}

export interface ControlActionsOptions {
  readonly instance: string;
  readonly state: ControlState;
  readonly edges: EdgeRegistry;
  readonly bus: Bus;
  readonly commands: Commands;
  readonly reporter: Reporter;
  readonly clock: StoreClock;
  readonly log: Logger;
}

/** How long a ticket's revocation may take. */
const REVOKE_BUDGET_MS = 2_000;

export function createControlActions(options: ControlActionsOptions): ControlActions {
  const { instance, state, edges, bus, commands, reporter, clock, log } = options;

  /** Writes the entry of a decision, then has the edges apply it. */
  async function change(
    decide: (now: number) => ControlEntry | null,
    trace: DecisionTrace,
  ): Promise<Receipt> {
    const { traceparent, traceId } = trace;
    const changed = await state.change(decide, (entry) => eventOf(entry, traceparent));
    if (!changed)
      throw new RejectionError('request_invalid', { status: 404, detail: 'There is no such entry.' });
    const { entry } = changed;
    if (entry.kind === 'ticket' && !entry.undone) await revokeTicket(entry, traceparent);
    const { closed, ...edges } = await confirmByEdges(changed);
    const { confirmed, unconfirmed } = withMissing(edges, entry);
    const { id, kind, why, by, undone } = entry;
    const facts = { entry: id, kind, why, by, undone, closed, unconfirmed, traceId };
    logAt(log, by === LOGGED_OUT ? 'INFO' : 'WARNING', facts, 'control_changed');
    if (unconfirmed.length > 0)
      reporter.report({
        type: 'admit.control.unconfirmed',
        subject: id,
        traceparent,
        data: { entry: id, edges: unconfirmed },
      });
    const expiresAt = new Date(entry.until).toISOString();
    return { id, closed, edges: { confirmed, unconfirmed }, expiresAt };
  }

  function confirmByEdges(changed: ControlChange) {
    return edges.confirm(changed.version, changed.entry.id, () => state.announce(changed));
  }

  function eventOf(entry: ControlEntry, traceparent: string | null): NewEvent {
    const isSession = (entry.kind === 'session' || entry.kind === 'user') && !entry.undone;
    const type = isSession ? 'admit.session.revoked' : 'admit.control.changed';
    return { type, source: instance, subject: entry.id, time: entry.changedAt, traceparent, data: entry };
  }

  /** A ticket that has admitted a connection stays consumed: its edge closes that. An unknown one admits nobody. */
  async function revokeTicket({ value, why }: ControlEntry, traceparent: string | null): Promise<void> {
    const deadline = (await commands.now()) + REVOKE_BUDGET_MS;
    const where = { address: null, origin: null, agent: null, route: null, carrier: null, edge: instance };
    const command: TicketCommand = {
      type: 'revoke',
      id: newId(),
      deadline,
      why,
      context: { ...where, traceparent },
    };
    const outcome = await commands.run(value ?? '', command);
    if (outcome.kind === 'rejected' && !SETTLED.has(outcome.reason)) throw new RejectionError(outcome.reason);
  }

  return {
    carryOut: (decision, trace) => change((now) => entryOf(decision, state.copy.about, now), trace),
    async forecast(decision) {
      const entry = entryOf(decision, state.copy.about, clock.now());
      const id = newId();
      const question = jsonMessage(controlSubjects.question, { id, entry });
      const { connections, users, ...found } = await edges.question(id, () => bus.messages.publish(question));
      return { dryRun: true, connections, users, edges: withMissing(found, entry) };
    },
    undo: (id, by, why, trace) =>
      change((now) => {
        const entry = state.copy.inForce(now).find((one) => one.id === id);
        if (!entry) return null;
        if (FINAL.has(entry.kind))
          throw new RejectionError('request_invalid', {
            status: 409,
            detail: 'A ticket or connection that was revoked stays so: its holder gets a fresh ticket.',
          });
        return { ...entry, changedAt: now, undone: true, by, why };
      }, trace),
    list: () => state.copy.inForce(clock.now()),
    isRevoked: state.isRevoked,
  };
}

/** An edge to drain that nobody has heard of lately has not confirmed it: its name may be misspelled. */
function withMissing({ confirmed, unconfirmed }: EdgeConfirmations, entry: ControlEntry): EdgeConfirmations {
  const { kind, value, undone } = entry;
  const isMissing =
    kind === 'edge' && !undone && value !== null && ![...confirmed, ...unconfirmed].includes(value);
  return { confirmed, unconfirmed: isMissing ? [...unconfirmed, value] : unconfirmed };
}

/** Decisions that are over as soon as they are carried out. */
const FINAL: ReadonlySet<ControlKind> = new Set(['ticket', 'connection', 'replay']);

/** Rejections of a revoke after which the ticket admits nobody else. */
const SETTLED: ReadonlySet<string> = new Set(['ticket_consumed', 'ticket_unknown']);
