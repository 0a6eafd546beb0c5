import type { NewEvent } from './events/cloud-event.ts';
import type { EventType } from './events/event-types.ts';
import type { LoadedTicket, RevocationGuard, TicketStore } from './ports/ticket-store.ts';
import { type Reason, reasonRow } from './reasons.ts';
import type { TicketCommand } from './ticket/commands.ts';
import { type Decision, decide } from './ticket/decide.ts';
import { evolve } from './ticket/evolve.ts';
import type { Principal, TicketState } from './ticket/state.ts';
import type { TicketCache } from './ticket-cache.ts';

/** How long a spent or expired ticket can still be told from an unknown one. */
export const TOMBSTONE_MS = 60_000;

/** How often a lost race is run again before the ticket counts as fought over. */
const MAX_RACES = 10;

/** What became of a command; `state` is the ticket's after it, `now` store time in Unix milliseconds. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly state: TicketState; readonly now: number }
  | {
      readonly kind: 'rejected';
      readonly reason: Reason;
      /** The connection that the ticket admitted, where that is why. */
      readonly connection: string | null;
      readonly state: TicketState;
      readonly now: number;
    };

export interface ExecuteOptions {
  readonly store: TicketStore;
  /** The `source` of the events: this instance. */
  readonly source: string;
  /** Spares the load where it knows the ticket, and nobody else has changed it since. */
  readonly cache?: TicketCache;
}

/**
 * Carries out one command on one ticket: load, decide, then append what was accepted or record what was refused.
 * A lost race is decided anew, a bounded number of times. What is remembered of the ticket stands for a load only where it
 * leads to an append, which proves it right; whatever else it leads to is decided on what the store says. A command past
 * its deadline is refused without a record: whoever sent it has given up and accounts for that itself.
 * @throws {StoreError} where the store did not answer or takes no more; the outcome of the command is then unknown
 */
export async function execute(
  ticketId: string,
  command: TicketCommand,
  { store, source, cache: memory }: ExecuteOptions,
): Promise<Outcome> {
  const presumed = memory?.peek(ticketId, command);
  memory?.forget(ticketId);
  let judged = presumed && judge(presumed);
  if (judged && !leadsToAppend(judged.decision)) judged = undefined;

  for (let race = 0; race < MAX_RACES; race += 1) {
    const { version, state, now, decision } = judged ?? judge(await store.load(ticketId));
    judged = undefined;
    if (decision.kind === 'rejected') return refuse(decision, state, now);
    if (decision.events.length === 0) return { kind: 'accepted', state, now };

    const next = decision.events.reduce(evolve, state);
    const appended = await store.append({
      ticketId,
      expectedVersion: version,
      events: decision.events.map(({ type, ...data }, n) =>
        eventOf(command, `${command.id}.${turnOf(state)}.${n}`, type, data, now),
      ),
      state: next,
      retainUntil: endOf(next, now) + TOMBSTONE_MS,
      guards: guardsOf(command, next),
      work: command.type === 'issue' ? 'new' : 'existing',
    });
    if (appended.ok) {
      memory?.keep(ticketId, { version: appended.version, state: next, now: appended.now });
      return { kind: 'accepted', state: next, now: appended.now };
    }
    if (appended.because === 'revoked')
      return refuse(
        { kind: 'rejected', reason: 'session_revoked', connection: null },
        state,
        now,
        principalOf(next),
      );
  }
  const { state, now } = await store.load(ticketId);
  return refuse({ kind: 'rejected', reason: 'overloaded', connection: null }, state, now);

  function judge(loaded: LoadedTicket) {
    return { ...loaded, decision: decide(loaded.state, command, loaded.now) };
  }

  async function refuse(
    { reason, connection }: Extract<Decision, { kind: 'rejected' }>,
    state: TicketState,
    now: number,
    principal = principalOf(state),
  ): Promise<Outcome> {
    if (reasonRow(reason).recorded) {
      const data = {
        reason,
        command: command.type,
        handshake: 'handshake' in command ? command.handshake : null,
        connection,
        principal,
        context: command.context,
        count: 1,
      };
      const rejected = eventOf(command, `${command.id}.rejected`, 'admit.ticket.rejected', data, now);
      await store.record({ ticketId, events: [rejected], rejection: reason });
    }
    return { kind: 'rejected', reason, connection, state, now };
  }

  function eventOf(
    { context }: TicketCommand,
    id: string,
    type: EventType,
    data: NewEvent['data'],
    now: number,
  ): NewEvent {
    const { traceparent, ...where } = context;
    return { id, type, source, subject: ticketId, time: now, traceparent, data: { ...data, context: where } };
  }
}

function leadsToAppend(decision: Decision): boolean {
  return decision.kind === 'accepted' && decision.events.length > 0;
}

/** The revocation markers of a principal: of its session, and of its user where it has one. */
export function revocationMarkersOf({ issuer, session, user }: Principal): readonly string[] {
  const ofSession = `session:${issuer}:${session}`;
  return user === null ? [ofSession] : [ofSession, `user:${issuer}:${user}`];
}

/** Only what grants something yields to a revocation: a release is always accepted. */
function guardsOf(command: TicketCommand, state: TicketState): readonly RevocationGuard[] {
  if (command.type === 'release' || state.status === 'none' || state.status === 'revoked') return [];
  const { principal } = state.ticket;
  return revocationMarkersOf(principal).map((subject) => ({ subject, notSince: principal.tokenIssuedAt }));
}

/**
 * Makes the event ids of two copies of a command differ where both were carried out: a release in between, and a late
 * copy of a reservation reserves anew.
 */
function turnOf(state: TicketState): number {
  return state.status === 'reserved' ? state.reservations : 0;
}

function principalOf(state: TicketState): Principal | null {
  return state.status === 'none' ? null : state.ticket.principal;
}

/** When a ticket can admit nobody any more. */
function endOf(state: TicketState, now: number): number {
  switch (state.status) {
    case 'issued':
      return state.ticket.expiresAt;
    case 'reserved':
      return Math.max(state.ticket.expiresAt, state.reservation.leaseEndsAt);
    case 'consumed':
      return Math.max(now, state.reservation.leaseEndsAt);
    case 'none':
    case 'revoked':
      return now;
    default:
      return state satisfies never;
  }
}
