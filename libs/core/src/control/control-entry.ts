import { nullable, objectSchema, personal, type TypeOf } from '../json-schema.ts';
import { timeSchema } from '../schemas.ts';
import { digestOf } from '../ticket/identifiers.ts';

/** What a control entry is about, and how it takes effect. */
export const controlKinds = {
  session: 'Tickets of the session are rejected and its connections closed.',
  user: 'The same for every session of the user.',
  ticket: 'The ticket is rejected, and the connection that it admitted closed.',
  connection: 'The connection is closed.',
  replay:
    'The connection is closed because its ticket was presented again; its client may connect with a fresh one.',
  key: 'The same as `session` for every token signed by the key.',
  issued_before: 'The same as `session` for every token issued before a time.',
  issuing: 'No tickets are issued.',
  prefix: 'Requests from the addresses are rejected, and connections from there closed.',
  edge: 'The edge rejects upgrades and closes its connections.',
} as const satisfies Record<string, string>;

export type ControlKind = keyof typeof controlKinds;

/** One decision about running sessions: by an operator, an identity provider, or a user who logs out. */
export const controlEntrySchema = objectSchema({
  id: {
    ...personal,
    type: 'string',
    description: 'Derived from what it is about: there is one entry for each.',
  },
  kind: { type: 'string', enum: Object.keys(controlKinds) as readonly ControlKind[] },
  issuer: {
    ...nullable({ type: 'string' }),
    description: 'The alias of the issuer, for sessions, users and keys; null for all issuers.',
  },
  session: {
    ...nullable({ type: 'string' }),
    ...personal,
    description: 'For the kinds `session` and `replay`.',
  },
  user: { ...nullable({ type: 'string' }), ...personal, description: 'For the kind `user`.' },
  value: {
    ...nullable({ type: 'string' }),
    description: 'A ticket id, connection, key id, prefix or edge; null for the other kinds.',
  },
  subject: { ...personal, type: 'string', description: 'What the ticket store compares.' },
  at: { type: 'number', description: 'Unix seconds: tokens issued up to then are rejected.' },
  changedAt: { ...timeSchema, description: 'When it was made, or undone.' },
  until: { ...timeSchema, description: 'When it ends by itself.' },
  why: { type: 'string', description: 'Why it was decided.' },
  by: { type: 'string', description: 'Who decided it.' },
  undone: { type: 'boolean' },
});

export type ControlEntry = TypeOf<typeof controlEntrySchema>;

/** The members that say what an entry is about. */
export type ControlTarget = Pick<ControlEntry, 'kind' | 'issuer' | 'session' | 'user' | 'value'>;

/** Who decided, where a user has logged out. */
export const LOGGED_OUT = 'session';
/** Who decided, where a connection is closed because its ticket was presented again. */
export const REPLAYED = 'ON_REPLAY';

/** Whether a user caused it, and neither an operator nor an identity provider. */
export function isOfUser({ by }: Pick<ControlEntry, 'by'>): boolean {
  return by === LOGGED_OUT || by === REPLAYED;
}

/** Who decided, where the identity provider with this alias ended a session. */
export function byIssuer(alias: string): string {
  return `issuer:${alias}`;
}

/**
 * Whether a user or an identity provider ended a session. There are as many of these as users who log out, so they leave the
 * list of entries before they end: their markers go on.
 */
export function isLogOut({ kind, by }: Pick<ControlEntry, 'kind' | 'by'>): boolean {
  return enforcementOf(kind) === 'marker' && (by === LOGGED_OUT || by.startsWith(byIssuer('')));
}

/** The fence that stops issuing. */
export const ISSUING = 'issuing';

export function sessionSubject(issuer: string, session: string): string {
  return `session:${issuer}:${session}`;
}

/** Of a digest: the audit log may know the user by a pseudonym only, and still has to restore the revocation. */
export function userSubject(issuer: string, user: string): string {
  return `user:${issuer}:${digestOf(user)}`;
}

export function keySubject(issuer: string, kid: string): string {
  return `key:${issuer}:${kid}`;
}

/** @param issuer null for all */
export function tokensSubject(issuer: string | null): string {
  return issuer === null ? 'tokens' : `tokens:${issuer}`;
}

/** What the ticket store compares for a target. @throws {TypeError} where a member is missing: a bug */
export function subjectOfTarget({ kind, issuer, session, user, value }: ControlTarget): string {
  switch (kind) {
    case 'session':
      return sessionSubject(given(issuer), given(session));
    case 'user':
      return userSubject(given(issuer), given(user));
    case 'key':
      return keySubject(given(issuer), given(value));
    case 'issued_before':
      return tokensSubject(issuer);
    case 'issuing':
      return ISSUING;
    case 'ticket':
    case 'connection':
    case 'replay':
    case 'prefix':
    case 'edge':
      return `${kind}:${given(value)}`;
    default:
      return kind satisfies never;
  }
}

function given(member: string | null): string {
  if (member === null) throw new TypeError('a control entry lacks what it is about');
  return member;
}

/** The id of the entry about a subject. */
export function controlIdOf(subject: string): string {
  return digestOf(subject).slice(0, 22);
}

/**
 * How a store enforces an entry: by a marker, of which there may be many; by a fence, which every append looks at; or not
 * at all, because services enforce it.
 */
export function enforcementOf(kind: ControlKind): 'marker' | 'fence' | null {
  switch (kind) {
    case 'session':
    case 'user':
      return 'marker';
    case 'key':
    case 'issued_before':
    case 'issuing':
      return 'fence';
    case 'ticket':
    case 'connection':
    case 'replay':
    case 'prefix':
    case 'edge':
      return null;
    default:
      return kind satisfies never;
  }
}

/** Whether an entry has an effect at this store time. */
export function isInForce({ undone, until }: ControlEntry, now: number): boolean {
  return !undone && until > now;
}
