import { ISSUING } from './control/control-entry.ts';
import type { EventData, EventType } from './events/catalogue.ts';
import type { NewEvent } from './events/cloud-event.ts';
import { guardsOf } from './guards.ts';
import type { LoadedTicket, TicketStore, TicketWork } from './ports/ticket-store.ts';
import { type Reason, reasonRow } from './reasons.ts';
import type { RejectionRecorder } from './rejection-recorder.ts';
import type { Pathway } from './schemas.ts';
import { grantsTicket, type TicketCommand } from './ticket/commands.ts';
import { type Decision, decide } from './ticket/decide.ts';
import type { TicketEvent } from './ticket/events.ts';
import { evolve } from './ticket/evolve.ts';
import { digestOf } from './ticket/identifiers.ts';
import { presenterOf, type Ticket, type TicketState } from './ticket/state.ts';
import type { TicketCache } from './ticket-cache.ts';

/** How long a spent or expired ticket can still be told from an unknown one. */
export const TOMBSTONE_MS = 60_000;

/** How often a lost race is run again before the command is rejected as overloaded. */
const MAX_RACES = 10;

/** The outcome of a command; `state` is the ticket's after it, `now` store time in Unix milliseconds. */
export type Outcome =
  | {
      readonly kind: 'accepted';
      readonly state: TicketState;
      readonly now: number;
      /** Set where nothing was written, so no revocation was looked at. */
      readonly repeated?: true;
    }
  | {
      readonly kind: 'rejected';
      readonly reason: Reason;
      /** The admitted connection, where it is the reason. */
      readonly connection: string | null;
      readonly state: TicketState;
      readonly now: number;
    };

export interface ExecuteOptions {
  readonly store: TicketStore;
  /** The `source` of the events: this instance. */
  readonly source: string;
  /** Saves the load of a ticket that this process wrote last. */
  readonly cache?: TicketCache;
  /** Records rejections; without it, each is one event of the store. */
  readonly rejections?: Pick<RejectionRecorder, 'record'>;
}

/**
 * Carries out one command on one ticket: load, decide, then append the accepted events or record the rejection. A lost
 * race is decided again, at most `MAX_RACES` times. A cached ticket replaces the load only on the accept path, where the
 * append's version check validates it. A command past its deadline is rejected without a record: its sender no longer
 * waits, and records the rejection itself.
 * @throws {StoreError} where the store did not answer or is full; the outcome of the command is then unknown
 */
export async function execute(
  ticketId: string,
  command: TicketCommand,
  { store, source, cache, rejections = store }: ExecuteOptions,
): Promise<Outcome> {
  const cached = cache?.peek(ticketId, command);
  cache?.forget(ticketId);
  let optimistic = cached && decideOn(cached);
  if (optimistic && !leadsToAppend(optimistic.decision)) optimistic = undefined;

  for (let race = 0; race < MAX_RACES; race += 1) {
    const { version, state, now, decision } = optimistic ?? decideOn(await store.load(ticketId));
    optimistic = undefined;
    if (decision.kind === 'rejected') return reject(decision, state, now);
    if (decision.events.length === 0) return { kind: 'accepted', state, now, repeated: true };

    const next = decision.events.reduce(evolve, state);
    const appended = await store.append({
      ticketId,
      expectedVersion: version,
      events: decision.events.map((event) => decidedEvent(event, next, now)),
      state: next,
      retainUntil: endOf(next, now) + TOMBSTONE_MS,
      work: workOf(command, next),
      ...guardsOf(command, next),
    });
    if (appended.ok) {
      cache?.keep(ticketId, { version: appended.version, state: next, now: appended.now });
      return { kind: 'accepted', state: next, now: appended.now };
    }
    if (appended.because === 'revoked')
      return reject({ reason: reasonOf(appended.subject), connection: null }, state, now, ticketOf(next));
  }
  const { state, now } = await store.load(ticketId);
  return reject({ reason: 'overloaded', connection: null }, state, now);

  function decideOn({ version, state, now }: LoadedTicket) {
    return { version, state, now, decision: decide(state, command, now) };
  }

  async function reject(
    { reason, connection }: Omit<Extract<Decision, { kind: 'rejected' }>, 'kind'>,
    state: TicketState,
    now: number,
    ticket = ticketOf(state),
  ): Promise<Outcome> {
    if (reasonRow(reason).recorded) {
      const data: EventData<'admit.ticket.rejected'> = {
        reason,
        command: command.type,
        handshake: 'handshake' in command ? command.handshake : null,
        connection,
        earlierPresenter: presenterOf(state),
        principal: ticket?.principal ?? null,
        ...factsOf(ticket),
        context: contextOf(command),
        count: 1,
      };
      const event = eventOf('admit.ticket.rejected', data, now);
      await rejections.record({ ticketId, key: keyOf(command), event, work: 'rejection', rejection: reason });
    }
    return { kind: 'rejected', reason, connection, state, now };
  }

  function decidedEvent({ type, principal, ...decided }: TicketEvent, next: TicketState, now: number) {
    const data = { principal, ...decided, ...factsOf(ticketOf(next)), context: contextOf(command) };
    return eventOf(type, data as EventData, now);
  }

  /** The caller pairs `type` and `data`: TypeScript does not follow the pair through a spread. */
  function eventOf<Type extends EventType>(type: Type, data: EventData<Type>, time: number): NewEvent<Type> {
    const { traceparent } = command.context;
    return { type, source, subject: ticketId, time, traceparent, data } as unknown as NewEvent<Type>;
  }
}

/** What every event of a ticket carries, in addition to its principal. */
function factsOf(ticket: Ticket | null) {
  const { issuedAt = null, route = null, client } = ticket ?? {};
  const pathway: Pathway = ticket?.pathway ?? 'ticket';
  return client ? { issuedAt, route, client, pathway } : { issuedAt, route, pathway };
}

/** The context of a command as its events carry it: `traceparent` is in the envelope. */
function contextOf({ context: { address, origin, agent, route, carrier, edge } }: TicketCommand) {
  return { address, origin, agent, route, carrier, edge };
}

function leadsToAppend(decision: Decision): boolean {
  return decision.kind === 'accepted' && decision.events.length > 0;
}

function reasonOf(subject: string): Reason {
  return subject === ISSUING ? 'issuing_paused' : 'session_revoked';
}

/**
 * A repeat of a command differs in its deadline alone, and is recorded once even if it is rejected for another reason. The
 * id alone says nothing: its sender chooses it.
 */
function keyOf(command: TicketCommand): string {
  return digestOf(JSON.stringify({ ...command, deadline: null }));
}

function workOf(command: TicketCommand, next: TicketState): TicketWork {
  if (grantsTicket(command)) return 'new';
  if (command.type === 'release') return 'release';
  return next.status === 'reserved' && next.reservations > 1 ? 'again' : 'existing';
}

function ticketOf(state: TicketState): Ticket | null {
  return state.status === 'none' ? null : state.ticket;
}

/** When the ticket stops admitting connections. */
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
