import {
  decide,
  evolve,
  type NewEvent,
  NO_TICKET,
  type Outcome,
  type Principal,
  type Reason,
  type ReceivedEvent,
  revocationSubjectsOf,
  type Ticket,
  type TicketCommand,
  type TicketState,
  TOMBSTONE_MS,
} from '@admit-one/core';

/** An event without the members that the store or the process adds. */
export type Told = Pick<NewEvent, 'type' | 'subject' | 'time'> & Pick<ReceivedEvent, 'data'>;

export interface Expected {
  readonly outcome: Outcome;
  /** What the command leaves in the audit log. */
  readonly events: readonly Told[];
}

/** What tickets, and the audit log of them, would be if every command were one indivisible step. */
export interface Reference {
  /** @param now the store's time when the command was decided */
  carryOut(ticketId: string, command: TicketCommand, now: number): Expected;
  mark(marker: string, at: number): void;
  copy(): Reference;
}

interface Remembered {
  readonly state: TicketState;
  readonly retainUntil: number;
}

/** How long a rejected command is not recorded a second time. */
const RECORDED_MS = 60_000;

export function createReference(
  tickets: ReadonlyMap<string, Remembered> = new Map(),
  markers: ReadonlyMap<string, number> = new Map(),
  recorded: ReadonlyMap<string, number> = new Map(),
): Reference {
  const [remembered, marked, recordedUntil] = [new Map(tickets), new Map(markers), new Map(recorded)];

  function stateOf(ticketId: string, now: number): TicketState {
    const ticket = remembered.get(ticketId);
    return ticket && now < ticket.retainUntil ? ticket.state : NO_TICKET;
  }

  function isRevoked({ type }: TicketCommand, principal: Principal): boolean {
    if (type === 'release' || type === 'revoke') return false;
    return revocationSubjectsOf(principal).some(
      (marker) => (marked.get(marker) ?? Number.NEGATIVE_INFINITY) >= principal.tokenIssuedAt,
    );
  }

  function rejection(
    ticketId: string,
    command: TicketCommand,
    outcome: Extract<Outcome, { kind: 'rejected' }>,
    ticket: Ticket | null,
  ): Expected {
    const { reason, connection, state, now } = outcome;
    const isKnown = now < (recordedUntil.get(command.id) ?? Number.NEGATIVE_INFINITY);
    if (reason === 'deadline_exceeded' || isKnown) return { outcome, events: [] };
    recordedUntil.set(command.id, now + RECORDED_MS);
    const handshake = 'handshake' in command ? command.handshake : null;
    const { context, type } = command;
    const principal = ticket?.principal ?? null;
    const data = {
      reason,
      command: type,
      handshake,
      connection,
      earlierPresenter: holderOf(state),
      principal,
      context,
      count: 1,
      ...factsOf(ticket),
    };
    return { outcome, events: [told(ticketId, 'admit.ticket.rejected', data, now)] };
  }

  return {
    carryOut(ticketId, command, now) {
      const state = stateOf(ticketId, now);
      const rejected = (reason: Reason, connection: string | null) =>
        ({ kind: 'rejected', reason, connection, state, now }) as const;
      const decision = decide(state, command, now);
      if (decision.kind === 'rejected')
        return rejection(ticketId, command, rejected(decision.reason, decision.connection), ticketOf(state));
      if (decision.events.length === 0)
        return { outcome: { kind: 'accepted', state, now, repeated: true }, events: [] };

      const next = decision.events.reduce(evolve, state);
      const ticket = ticketOf(next);
      if (ticket && isRevoked(command, ticket.principal))
        return rejection(ticketId, command, rejected('session_revoked', null), ticket);
      remembered.set(ticketId, { state: next, retainUntil: endOf(next, now) + TOMBSTONE_MS });
      return {
        outcome: { kind: 'accepted', state: next, now },
        events: decision.events.map(({ type, ...data }) =>
          told(ticketId, type, { ...data, ...factsOf(ticket) }, now),
        ),
      };
    },
    mark(marker, at) {
      marked.set(marker, Math.max(at, marked.get(marker) ?? at));
    },
    copy: () => createReference(remembered, marked, recordedUntil),
  };
}

/** Who has the ticket, or had it last. Contexts of commands that name nobody count as nobody. */
function holderOf(state: TicketState) {
  if (!('reservation' in state)) return null;
  const { address, agent, edge } = state.reservation;
  return [address, agent, edge].some((value) => typeof value === 'string') ? { address, agent, edge } : null;
}

function told(subject: string, type: Told['type'], data: Record<string, unknown>, time: number): Told {
  const { traceparent: _, ...context } = data.context as TicketCommand['context'];
  return { type, subject, time, data: { ...data, context } };
}

function ticketOf(state: TicketState): Ticket | null {
  return state.status === 'none' ? null : state.ticket;
}

/** What every event of a ticket carries. */
function factsOf(ticket: Ticket | null) {
  return { issuedAt: ticket?.issuedAt ?? null, route: ticket?.route ?? null, pathway: 'ticket' };
}

/** When nobody can be admitted any more, nor a redemption be repeated. */
function endOf(state: TicketState, now: number): number {
  const leaseEndsAt = 'reservation' in state ? state.reservation.leaseEndsAt : now;
  const canAdmit = state.status === 'issued' || state.status === 'reserved';
  return Math.max(leaseEndsAt, canAdmit ? state.ticket.expiresAt : now);
}
