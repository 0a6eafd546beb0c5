import { describe, expect, it } from 'vitest';
import { decide, LEASE_MS } from './decide.ts';
import { consumed, EXPIRY, issued, reserve, reserved, revoked, stateAfter, T0 } from './ticket.fixture.ts';
import { ticketStatusAt } from './ticket-status.ts';

const held = [issued(), reserved('H', { at: T0 })];
const heldLate = [issued(), reserved('H', { at: EXPIRY - 1 })];
const LATE_LEASE_END = EXPIRY - 1 + LEASE_MS;

describe('a ticket', () => {
  it.each([
    { status: 'unknown', events: [], at: T0 },
    { status: 'issued', events: [issued()], at: EXPIRY - 1 },
    { status: 'expired', events: [issued()], at: EXPIRY },
    { status: 'reserved', events: held, at: T0 + LEASE_MS - 1 },
    { status: 'issued', events: held, at: T0 + LEASE_MS },
    { status: 'expired', events: held, at: EXPIRY },
    { status: 'reserved', events: heldLate, at: LATE_LEASE_END - 1 },
    { status: 'expired', events: heldLate, at: LATE_LEASE_END },
    { status: 'consumed', events: [...held, consumed('H', 'C')], at: EXPIRY },
    { status: 'revoked', events: [issued(), revoked()], at: EXPIRY },
  ])('is $status at $at', ({ status, events, at }) => {
    const state = stateAfter(...events);
    expect(ticketStatusAt(state, at)).toBe(status);
    const another = decide(state, reserve('G'), at);
    expect(another.kind === 'accepted').toBe(status === 'issued');
  });
});
