/** The header that says how a message's body is sent, in both directions: `text` or `binary`. */
export const MESSAGE_TYPE_HEADER = 'Admit-Message-Type';

const PLAIN = /^[A-Za-z0-9_-]+$/;
const OUT = 'admit.ws.out';

/** An id as one token of a subject: itself where it is plain, else `=` and base64url. */
export function subjectToken(id: string): string {
  return PLAIN.test(id) ? id : `=${Buffer.from(id).toString('base64url')}`;
}

/** The subject of messages from the clients of a route. */
export function inSubject(route: string): string {
  return `admit.ws.in.${route}`;
}

/** Messages here reach one connection. */
export function connectionSubject(edge: string, connection: string): string {
  return `${OUT}.connection.${subjectToken(edge)}.${connection}`;
}

/** All of an edge's connections: `connectionSubject` with a wildcard. */
export function connectionsPattern(edge: string): string {
  return connectionSubject(edge, '*');
}

/** Messages here reach every connection of a session. */
export function sessionSubject(issuer: string, session: string): string {
  return `${OUT}.session.${subjectToken(issuer)}.${subjectToken(session)}`;
}

/** Messages here reach every connection of a user. */
export function userSubject(issuer: string, user: string): string {
  return `${OUT}.user.${subjectToken(issuer)}.${subjectToken(user)}`;
}

/** Whole tokens of a subject, of which none is a wildcard or looks encoded. */
const VALID_AS_IT_IS = /^(?!=)[^\s.*>\p{Cc}]+(?:\.[^\s.*>\p{Cc}]+)*$/u;

/**
 * Where a message arrives whose sender has not encoded an id that must be. Null where the id is plain, or such a message
 * can't be published.
 */
export function rawSubjectOf(kind: 'session' | 'user', issuer: string, id: string): string | null {
  return PLAIN.test(id) || !VALID_AS_IT_IS.test(id) ? null : `${OUT}.${kind}.${subjectToken(issuer)}.${id}`;
}

/** Messages here reach every connection of a route. */
export function routeSubject(route: string): string {
  return `${OUT}.route.${route}`;
}
