import { describe, it } from 'vitest';
import { LEASE_MS } from './decide.ts';
import { given } from './specification.fixture.ts';
import {
  confirm,
  consumed,
  context,
  EXPIRY,
  exchange,
  issue,
  issued,
  redeem,
  release,
  released,
  reserve,
  reserved,
  revoke,
  revoked,
  T0,
} from './ticket.fixture.ts';

const LEASE_END = T0 + LEASE_MS;
const onceReserved = [issued(), reserved('H', { at: T0 })];
const lateReserved = [issued(), reserved('H', { at: EXPIRY - 1 })];
const admitted = [...onceReserved, consumed('H', 'C')];
const redeemed = [...onceReserved, consumed('H', 'H')];

describe('issue', () => {
  it('makes a ticket that ends with its lifetime', () => given().when(issue(), { at: T0 }).gives(issued()));
  it('binds the ticket to a route', () =>
    given()
      .when(issue({ route: 'chat' }), { at: T0 })
      .gives(issued({ route: 'chat' })));
  it('tells what its client says of the last failure', () => {
    const lastFailure = { code: 1006, reason: 'NETWORK', phase: 'connecting', attempts: 3 } as const;
    given().when(issue({ lastFailure }), { at: T0 }).gives(issued({ lastFailure }));
  });
  it('never makes a ticket twice', () =>
    given(issued()).when(issue(), { at: T0 }).rejects('ticket_duplicate'));
});

describe('reserve', () => {
  it('holds a live ticket for the length of the lease', () =>
    given(issued())
      .when(reserve('H'), { at: T0 })
      .gives(reserved('H', { at: T0 })));
  it('is good until the last millisecond of the ticket', () =>
    given(issued())
      .when(reserve('H'), { at: EXPIRY - 1 })
      .gives(reserved('H', { at: EXPIRY - 1 })));
  it('is rejected at the moment of expiry', () =>
    given(issued()).when(reserve('H'), { at: EXPIRY }).rejects('ticket_expired'));
  it('is accepted again from the holder, without prolonging the lease', () =>
    given(...onceReserved)
      .when(reserve('H'), { at: LEASE_END - 1 })
      .givesNothing());
  it('is rejected to others while the lease is live', () =>
    given(...onceReserved)
      .when(reserve('G'), { at: LEASE_END - 1 })
      .rejects('ticket_in_use'));
  it('passes to another the moment the lease ends, and names the previous holder', () =>
    given(...onceReserved)
      .when(reserve('G'), { at: LEASE_END })
      .gives(reserved('G', { at: LEASE_END, reservation: 2, previousHandshake: 'H' })));
  it('begins again for the same holder the moment the lease ends', () =>
    given(...onceReserved)
      .when(reserve('H'), { at: LEASE_END })
      .gives(reserved('H', { at: LEASE_END, reservation: 2, previousHandshake: 'H' })));
  it('is accepted again from the holder of a live lease on an expired ticket', () =>
    given(...lateReserved)
      .when(reserve('H'), { at: EXPIRY })
      .givesNothing());
  it('is rejected where lease and ticket have ended', () =>
    given(...onceReserved)
      .when(reserve('H'), { at: EXPIRY })
      .rejects('ticket_expired'));
  it('after an admission is a duplicate from the handshake that was admitted', () =>
    given(...admitted)
      .when(reserve('H'), { at: T0 })
      .rejects('ticket_duplicate', 'C'));
  it('after an admission is a replay from any other handshake', () =>
    given(...admitted)
      .when(reserve('G'), { at: T0 })
      .rejects('ticket_replayed', 'C'));
  it.each([
    ['the same address', { address: '192.0.2.1' }, 'ticket_duplicate'],
    ['an address that is unknown', { address: null }, 'ticket_duplicate'],
    ['another address', { address: '198.51.100.7' }, 'ticket_replayed'],
  ] as const)('of an admitted handshake from %s', (_, where, reason) =>
    given(...admitted)
      .when(reserve('H', { context: { ...context, ...where } }), { at: T0 })
      .rejects(reason, 'C'),
  );
  it('of an admitted handshake whose address is unknown is a duplicate', () =>
    given(issued(), reserved('H', { at: T0, context: { ...context, address: null } }), consumed('H', 'C'))
      .when(reserve('H'), { at: T0 })
      .rejects('ticket_duplicate', 'C'));
});

describe('confirm', () => {
  it('admits the connection of the holder', () =>
    given(...onceReserved)
      .when(confirm('H', 'C'), { at: T0 })
      .gives(consumed('H', 'C')));
  it.each([
    [T0 - 20, 20],
    [T0 + 5, 0],
  ])('tells how long the upgrade took that began at %s', (upgradeStartedAt, upgradeMs) =>
    given(...onceReserved)
      .when(confirm('H', 'C', { upgradeStartedAt }), { at: T0 })
      .gives({ ...consumed('H', 'C'), upgradeMs }),
  );
  it('still holds after the lease while the ticket is live', () =>
    given(...onceReserved)
      .when(confirm('H', 'C'), { at: EXPIRY - 1 })
      .gives(consumed('H', 'C')));
  it('still holds after the ticket while the lease is live', () =>
    given(...lateReserved)
      .when(confirm('H', 'C'), { at: EXPIRY - 1 + LEASE_MS - 1 })
      .gives(consumed('H', 'C')));
  it('is rejected at the moment when ticket and lease have both ended, the ticket last', () =>
    given(...onceReserved)
      .when(confirm('H', 'C'), { at: EXPIRY })
      .rejects('ticket_expired'));
  it('is rejected at the moment when ticket and lease have both ended, the lease last', () =>
    given(...lateReserved)
      .when(confirm('H', 'C'), { at: EXPIRY - 1 + LEASE_MS })
      .rejects('ticket_expired'));
  it('still holds after a release, until someone else reserves', () =>
    given(...onceReserved, released('H', { at: T0 + 1 }))
      .when(confirm('H', 'C'), { at: T0 + 2 })
      .gives(consumed('H', 'C')));
  it('loses to another who has reserved since', () =>
    given(...onceReserved, reserved('G', { at: LEASE_END, reservation: 2, previousHandshake: 'H' }))
      .when(confirm('H', 'C'), { at: LEASE_END })
      .rejects('reservation_lost'));
  it('is accepted again from the same connection, at any time', () =>
    given(...admitted)
      .when(confirm('H', 'C'), { at: EXPIRY + LEASE_MS })
      .givesNothing());
  it('is rejected to a second connection of the same handshake', () =>
    given(...admitted)
      .when(confirm('H', 'D'), { at: T0 })
      .rejects('reservation_lost', 'C'));
  it('is rejected to another handshake, though it names the same connection', () =>
    given(...admitted)
      .when(confirm('G', 'C'), { at: T0 })
      .rejects('reservation_lost', 'C'));
  it.each([
    ['the same address', context.address, 'reservation_lost'],
    ['another address', '198.51.100.7', 'ticket_replayed'],
  ] as const)('of an admitted handshake for another connection from %s', (_, address, reason) =>
    given(...admitted)
      .when(confirm('H', 'D', { context: { ...context, address } }), { at: T0 })
      .rejects(reason, 'C'),
  );
});

describe('release', () => {
  it('ends the lease now', () =>
    given(...onceReserved)
      .when(release('H'), { at: T0 + 1 })
      .gives(released('H', { at: T0 + 1 })));
  it('makes the ticket free for others', () =>
    given(...onceReserved, released('H', { at: T0 + 1 }))
      .when(reserve('G'), { at: T0 + 1 })
      .gives(reserved('G', { at: T0 + 1, reservation: 2, previousHandshake: 'H' })));
  it('has nothing to do once the lease has ended', () =>
    given(...onceReserved)
      .when(release('H'), { at: LEASE_END })
      .givesNothing());
  it("leaves another's reservation alone", () =>
    given(...onceReserved)
      .when(release('G'), { at: T0 + 1 })
      .givesNothing());
  it('loses to the confirm', () =>
    given(...admitted)
      .when(release('H'), { at: T0 + 1 })
      .givesNothing());
});

describe('exchange', () => {
  const exchanged = issued({ route: 'chat', expiresAt: LEASE_END, client: 'app/1', pathway: 'jwt' });

  it('issues a ticket for the route and the lease of its handshake, and reserves it', () =>
    given()
      .when(exchange('H', { client: 'app/1' }), { at: T0 })
      .gives(exchanged, reserved('H', { at: T0 })));
  it('is accepted again for a late copy', () =>
    given(exchanged, reserved('H', { at: T0 }))
      .when(exchange('H'), { at: LEASE_END - 1 })
      .givesNothing());
  it('takes no ticket of another route', () =>
    given(issued({ route: 'games' }))
      .when(exchange('H'), { at: T0 })
      .rejects('route_mismatch'));
});

describe('redeem', () => {
  it('reserves and confirms at once, with the handshake as the connection', () =>
    given(issued())
      .when(redeem('H'), { at: T0 })
      .gives(reserved('H', { at: T0 }), consumed('H', 'H')));
  it('confirms what the same handshake has reserved', () =>
    given(...onceReserved)
      .when(redeem('H'), { at: T0 + 1 })
      .gives(consumed('H', 'H')));
  it('takes over when the lease has ended', () =>
    given(...onceReserved)
      .when(redeem('G'), { at: LEASE_END })
      .gives(reserved('G', { at: LEASE_END, reservation: 2, previousHandshake: 'H' }), consumed('G', 'G')));
  it('is accepted again until the lease would have ended', () =>
    given(...redeemed)
      .when(redeem('H'), { at: LEASE_END - 1 })
      .givesNothing());
  it('is a replay from the moment the lease would have ended', () =>
    given(...redeemed)
      .when(redeem('H'), { at: LEASE_END })
      .rejects('ticket_replayed', 'H'));
  it('is a replay from another handshake', () =>
    given(...redeemed)
      .when(redeem('G'), { at: T0 })
      .rejects('ticket_replayed', 'H'));
  it('is a replay where a connection was admitted, even by the same handshake', () =>
    given(...admitted)
      .when(redeem('H'), { at: T0 })
      .rejects('ticket_replayed', 'C'));
});

describe('revoke', () => {
  it('ends an issued ticket', () => given(issued()).when(revoke(), { at: T0 }).gives(revoked()));
  it('ends a reserved ticket', () =>
    given(...onceReserved)
      .when(revoke(), { at: T0 })
      .gives(revoked()));
  it('is accepted again', () => given(issued(), revoked()).when(revoke(), { at: T0 }).givesNothing());
  it('ends a redemption that could still be repeated', () =>
    given(...redeemed)
      .when(revoke(), { at: LEASE_END - 1 })
      .gives(revoked()));
  it('comes too late for a redemption that cannot be repeated any more', () =>
    given(...redeemed)
      .when(revoke(), { at: LEASE_END })
      .rejects('ticket_consumed', 'H'));
  it('names the connection to close where the ticket was consumed', () =>
    given(...admitted)
      .when(revoke(), { at: T0 })
      .rejects('ticket_consumed', 'C'));
});
