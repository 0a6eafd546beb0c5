import { type ControlEntry, controlIdOf, sessionSubject } from '../control/control-entry.ts';
import type { EventContext, Principal } from '../schemas.ts';

/** Values that the catalogue's examples share, as of one ticket and its connection. */
export const ticketId = 'u7lqBqkCwDpJb5yL2vQf0mXh3rTnZ8sEo1KdGiA4cWg';
export const handshake = 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg';
export const connectionId = 'c3VwcG9ydC1jb2RlLTAwMQ';
export const issuedAt = Date.UTC(2026, 0, 31, 12);

export const principal: Principal = {
  issuer: 'main',
  session: '5f2c7d1e',
  sessionFrom: 'sid',
  user: 'user-17',
  tokenIssuedAt: issuedAt / 1000 - 60,
  tokenExpiresAt: issuedAt / 1000 + 540,
  kid: '2026-01',
  attributes: { plan: 'pro' },
};

export const context: EventContext = {
  address: '192.0.2.17',
  origin: 'https://app.example.com',
  agent: 'Mozilla/5.0',
  route: 'chat',
  carrier: 'subprotocol',
  edge: 'Rmr4wbIpQoG9sXhN1kzDkA',
};

const subject = sessionSubject('main', '5f2c7d1e');

export const sessionEntry: ControlEntry = {
  id: controlIdOf(subject),
  kind: 'session',
  issuer: 'main',
  session: '5f2c7d1e',
  user: null,
  value: null,
  subject,
  at: issuedAt / 1000,
  changedAt: issuedAt,
  until: issuedAt + 3_600_000,
  why: 'logout',
  by: 'session',
  undone: false,
};

export const pauseEntry: ControlEntry = {
  ...sessionEntry,
  id: controlIdOf('issuing'),
  kind: 'issuing',
  issuer: null,
  session: null,
  subject: 'issuing',
  why: 'incident 42',
  by: 'ann',
};
