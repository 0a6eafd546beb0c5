import type { Reason } from '../reasons.ts';
import type { Principal } from '../schemas.ts';
import {
  type ControlEntry,
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

/** Compares connections with entries that revoke. Entries of other kinds match none. */
export interface ConnectionMatcher {
  /** The first entry that ends the connection. */
  match(connection: ConnectionFacts): ControlEntry | undefined;
}

export function createConnectionMatcher(entries: readonly ControlEntry[]): ConnectionMatcher {
  const bySubject = new Map(entries.map((entry) => [entry.subject, entry]));
  const kinds = new Set(entries.map(({ kind }) => kind));

  /** An entry about tokens matches those that were issued up to its time. */
  function ofToken(subject: string, issuedAt: number): ControlEntry | undefined {
    const entry = bySubject.get(subject);
    return entry && entry.at >= issuedAt ? entry : undefined;
  }

  return {
    match({ id, ticketId, principal: { issuer, session, user, kid, tokenIssuedAt } }) {
      return (
        (kinds.has('session') ? ofToken(sessionSubject(issuer, session), tokenIssuedAt) : undefined) ??
        (kinds.has('user') && user !== null
          ? ofToken(userSubject(issuer, user), tokenIssuedAt)
          : undefined) ??
        (kinds.has('key') && kid !== null ? bySubject.get(keySubject(issuer, kid)) : undefined) ??
        (kinds.has('issued_before')
          ? (ofToken(tokensSubject(null), tokenIssuedAt) ?? ofToken(tokensSubject(issuer), tokenIssuedAt))
          : undefined) ??
        (kinds.has('ticket') ? bySubject.get(`ticket:${ticketId}`) : undefined) ??
        (kinds.has('connection') ? bySubject.get(`connection:${id}`) : undefined)
      );
    },
  };
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
    default:
      return 'session_revoked';
  }
}
