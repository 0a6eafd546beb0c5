import type { Reason } from '../reasons.ts';
import type { Principal } from '../schemas.ts';
import {
  type ControlEntry,
  type ControlKind,
  keySubject,
  sessionSubject,
  tokensSubject,
  userSubject,
} from './control-entry.ts';

/** What entries are compared with. */
export interface ConnectionFacts {
  readonly id: string;
  readonly ticketId: string;
  readonly principal: Principal;
}

/** Finds an entry. @param subjectOf called where there may be an entry of the kind */
export type FindEntry = (kind: ControlKind, subjectOf: () => string) => ControlEntry | undefined;

/** The first entry that revokes what the facts are about: an entry about tokens, those that were issued up to its time. */
export function findRevocation(
  { id, ticketId, principal: { issuer, session, user, kid, tokenIssuedAt } }: ConnectionFacts,
  find: FindEntry,
): ControlEntry | undefined {
  function ofToken(kind: ControlKind, subjectOf: () => string): ControlEntry | undefined {
    const entry = find(kind, subjectOf);
    return entry && entry.at >= tokenIssuedAt ? entry : undefined;
  }

  return (
    ofToken('session', () => sessionSubject(issuer, session)) ??
    (user === null ? undefined : ofToken('user', () => userSubject(issuer, user))) ??
    (kid === null ? undefined : find('key', () => keySubject(issuer, kid))) ??
    ofToken('issued_before', () => tokensSubject(null)) ??
    ofToken('issued_before', () => tokensSubject(issuer)) ??
    find('ticket', () => `ticket:${ticketId}`) ??
    find('connection', () => `connection:${id}`) ??
    find('replay', () => `replay:${id}`)
  );
}

/** Compares connections with entries that revoke. Entries of other kinds match none. */
export interface ConnectionMatcher {
  /** The first entry that ends the connection. */
  match(connection: ConnectionFacts): ControlEntry | undefined;
}

export function createConnectionMatcher(entries: readonly ControlEntry[]): ConnectionMatcher {
  const bySubject = new Map(entries.map((entry) => [entry.subject, entry]));
  const kinds = new Set(entries.map(({ kind }) => kind));
  const find: FindEntry = (kind, subjectOf) => (kinds.has(kind) ? bySubject.get(subjectOf()) : undefined);
  return { match: (connection) => findRevocation(connection, find) };
}

/** Why an entry closes a connection. */
export function closeReasonOf({ kind }: ControlEntry): Reason {
  switch (kind) {
    case 'prefix':
      return 'address_blocked';
    case 'edge':
      return 'draining';
    case 'ticket':
      return 'ticket_revoked';
    case 'replay':
      return 'ticket_replayed';
    default:
      return 'session_revoked';
  }
}
