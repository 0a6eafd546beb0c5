import { describe, expect, it } from 'vitest';
import { LEASE_MS } from './decide.ts';
import type { TicketEvent } from './events.ts';
import { evolve } from './evolve.ts';
import type { TicketState } from './state.ts';
import {
  consumed,
  context,
  EXPIRY,
  issued,
  principal,
  released,
  reserved,
  revoked,
  stateAfter,
  T0,
} from './ticket.fixture.ts';

const ticket = { principal, route: 'chat', issuedAt: T0, expiresAt: EXPIRY };
const { address, agent, edge } = context;
const reservation = { handshake: 'H', leaseEndsAt: T0 + LEASE_MS, address, agent, edge };
const once = issued({ route: 'chat' });
const taken = reserved('H', { at: T0, reservation: 3 });

const lives: readonly { readonly events: readonly TicketEvent[]; readonly state: TicketState }[] = [
  { events: [], state: { status: 'none' } },
  { events: [once], state: { status: 'issued', ticket } },
  { events: [once, taken], state: { status: 'reserved', ticket, reservation, reservations: 3 } },
  {
    events: [once, taken, released('H', { at: T0 + 1 })],
    state: {
      status: 'reserved',
      ticket,
      reservation: { ...reservation, leaseEndsAt: T0 + 1 },
      reservations: 3,
    },
  },
  {
    events: [once, taken, consumed('H', 'C')],
    state: { status: 'consumed', ticket, reservation, connection: 'C' },
  },
  { events: [once, revoked()], state: { status: 'revoked', ticket } },
  { events: [once, taken, revoked()], state: { status: 'revoked', ticket } },
];

describe('evolve', () => {
  it.each(lives)('makes a ticket $state.status', ({ events, state }) => {
    expect(stateAfter(...events)).toEqual(state);
  });

  it.each([
    { before: [], event: reserved('H', { at: T0 }) },
    { before: [], event: consumed('H', 'C') },
    { before: [], event: released('H', { at: T0 }) },
    { before: [], event: revoked() },
    { before: [issued()], event: consumed('H', 'C') },
    { before: [issued()], event: released('H', { at: T0 }) },
    { before: [issued(), revoked()], event: consumed('H', 'C') },
    { before: [once, taken, consumed('H', 'C')], event: released('H', { at: T0 }) },
  ])('throws where $event.type cannot follow', ({ before, event }) => {
    const state = stateAfter(...before);
    expect(() => evolve(state, event)).toThrow(
      `${event.type} cannot follow on a ticket that is ${state.status}`,
    );
  });
});
