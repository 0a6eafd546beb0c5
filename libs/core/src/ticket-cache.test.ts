import { beforeEach, describe, expect, it } from 'vitest';
import { createStoreClock, type StoreClock } from './store-clock.ts';
import { NO_TICKET } from './ticket/state.ts';
import {
  confirm,
  consumed,
  issue,
  issued,
  reserve,
  reserved,
  revoked,
  stateAfter,
  T0,
} from './ticket/ticket.fixture.ts';
import { createTicketCache, type TicketCache } from './ticket-cache.ts';

let clock: StoreClock;
let memory: TicketCache;

beforeEach(() => {
  clock = createStoreClock();
  clock.observe(T0);
  memory = createTicketCache({ clock, capacity: 2 });
});

const left = (state = stateAfter(issued())) => ({ version: 'v1', state, now: T0 });

describe('the optimistic read of a ticket', () => {
  it('is what it was left as, at the time that it is now', () => {
    memory.keep('ticket', left());
    const cached = memory.peek('ticket', reserve('H'));
    expect(cached).toEqual({ ...left(), now: expect.any(Number) });
    expect(cached!.now).toBeGreaterThanOrEqual(T0);
  });

  it('is not earlier than it was left, though the clock runs late', () => {
    memory.keep('ticket', { ...left(), now: T0 + 60_000 });
    expect(memory.peek('ticket', reserve('H'))?.now).toBe(T0 + 60_000);
  });

  it('is nothing where nothing was left', () => {
    expect(memory.peek('ticket', reserve('H'))).toBeUndefined();
    memory.keep('ticket', left());
    memory.forget('ticket');
    expect(memory.peek('ticket', reserve('H'))).toBeUndefined();
  });

  it('is that there is none where it is to be issued', () => {
    expect(memory.peek('ticket', issue())).toMatchObject({ version: null, state: NO_TICKET });
  });

  it.each([issue(), reserve('H')])('is nothing before the store’s time was heard: $type', (command) => {
    const deaf = createTicketCache({ clock: createStoreClock() });
    deaf.keep('ticket', left());
    expect(deaf.peek('ticket', command)).toBeUndefined();
  });

  it.each([
    stateAfter(issued(), reserved('H', { at: T0 }), consumed('H', 'C')),
    stateAfter(issued(), revoked()),
  ])('is nothing where nobody will come any more: $status', (state) => {
    memory.keep('ticket', left());
    memory.keep('ticket', left(state));
    expect(memory.peek('ticket', confirm('H', 'C'))).toBeUndefined();
  });

  it('is nothing of the ticket that was kept first, when there are too many', () => {
    for (const ticketId of ['first', 'second', 'first', 'third']) memory.keep(ticketId, left());
    const remembered = ['first', 'second', 'third'].map((ticketId) => memory.peek(ticketId, reserve('H')));
    expect(remembered.map((cached) => cached !== undefined)).toEqual([true, false, true]);
  });
});
