import { describe, it } from 'vitest';
import { LEASE_MS, MAX_RESERVATIONS } from './decide.ts';
import type { TicketEvent } from './events.ts';
import { given } from './specification.fixture.ts';
import {
  confirm,
  consumed,
  context,
  EXPIRY,
  issue,
  issued,
  redeem,
  release,
  released,
  reserve,
  reserved,
  revoke,
  T0,
} from './ticket.fixture.ts';

describe('a deadline', () => {
  it('lets a command through at its last moment', () =>
    given(issued())
      .when(reserve('H', { deadline: T0 }), { at: T0 })
      .gives(reserved('H', { at: T0 })));

  it.each([issue(), reserve('H'), confirm('H', 'C'), release('H'), redeem('H'), revoke()])(
    'rejects $type past it, before anything else is looked at',
    (command) =>
      given(issued(), reserved('H', { at: T0 }))
        .when({ ...command, deadline: T0 }, { at: T0 + 1 })
        .rejects('deadline_exceeded'),
  );
});

describe('a ticket bound to a route', () => {
  const bound = issued({ route: 'chat' });
  const held = reserved('H', { at: T0 });
  const elsewhere = { context: { ...context, route: 'games' } };
  const nowhere = { context: { ...context, route: null } };

  it('is reserved on it', () => given(bound).when(reserve('H'), { at: T0 }).gives(held));

  it.each([
    { on: 'another', given: [bound], when: reserve('H', elsewhere), at: T0 },
    { on: 'none', given: [bound], when: reserve('H', nowhere), at: T0 },
    { on: 'another by redeem', given: [bound], when: redeem('H', elsewhere), at: T0 },
    { on: 'another to its holder', given: [bound, held], when: reserve('H', elsewhere), at: T0 },
    { on: 'another by its holder’s redeem', given: [bound, held], when: redeem('H', elsewhere), at: T0 },
    { on: 'another after the lease', given: [bound, held], when: reserve('G', elsewhere), at: T0 + LEASE_MS },
  ])('is rejected on $on', ({ given: events, when, at }) =>
    given(...events)
      .when(when, { at })
      .rejects('route_mismatch'),
  );

  it('is rejected for its age before its route', () =>
    given(bound).when(reserve('H', elsewhere), { at: EXPIRY }).rejects('ticket_expired'));
});

describe('a ticket that is bound', () => {
  const origin = { binding: { origin: 'https://app.example.com' } };
  const address = { binding: { address: '192.0.2.1' } };
  const denied = { binding: { deniedRoutes: ['admin', 'chat'] } };
  const other = (over: Partial<typeof context>) => ({ context: { ...context, ...over } });

  it.each([
    ['its origin', origin, {}],
    ['its address', address, {}],
    ['a route that is not denied', denied, { route: 'games' }],
    ['no route', denied, { route: null }],
  ])('is reserved from %s', (_, over, where) =>
    given(issued(over))
      .when(reserve('H', other(where)), { at: T0 })
      .gives(reserved('H', { at: T0, ...other(where) })),
  );

  it.each([
    ['origin_mismatch', 'another origin', origin, { origin: 'https://evil.example' }],
    ['origin_mismatch', 'no origin', origin, { origin: null }],
    ['address_mismatch', 'another address', address, { address: '192.0.2.2' }],
    ['address_mismatch', 'an unknown address', address, { address: null }],
    ['route_mismatch', 'a denied route', denied, { route: 'admin' }],
  ] as const)('is rejected as %s from %s, and stays good for its holder', (reason, _, over, where) => {
    const ticket = issued(over);
    const elsewhere = other(where);
    for (const command of [reserve('H', elsewhere), redeem('H', elsewhere)])
      given(ticket).when(command, { at: T0 }).rejects(reason);
    const held = reserved('H', { at: T0 });
    given(ticket, held).when(reserve('H', elsewhere), { at: T0 }).rejects(reason);
  });
});

describe('the bound on reservations', () => {
  const after = (count: number): TicketEvent[] => [
    issued(),
    reserved('H', { at: T0, reservation: count, previousHandshake: 'H' }),
    released('H', { at: T0 }),
  ];

  it('grants the last', () =>
    given(...after(MAX_RESERVATIONS - 1))
      .when(reserve('G'), { at: T0 })
      .gives(reserved('G', { at: T0, reservation: MAX_RESERVATIONS, previousHandshake: 'H' })));

  it.each([
    { whom: 'another', when: reserve('G') },
    { whom: 'the last holder', when: reserve('H') },
    { whom: 'another by redeem', when: redeem('G') },
  ])('rejects one more to $whom', ({ when }) =>
    given(...after(MAX_RESERVATIONS))
      .when(when, { at: T0 })
      .rejects('reservations_exhausted'),
  );

  it('leaves the last holder its confirm', () =>
    given(...after(MAX_RESERVATIONS))
      .when(confirm('H', 'C'), { at: T0 })
      .gives(consumed('H', 'C')));
});
