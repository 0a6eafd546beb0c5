import type { JWTPayload } from 'jose';
import { claimOf } from '../principal/identifier.ts';
import { claimNamesOf } from '../principal/principal.ts';
import { sessionOf } from '../principal/session.ts';
import { TokenError } from '../verify/token-error.ts';
import type { PrincipalCircumstances } from './principal.ts';
import { howToSet } from './setting-place.ts';
import { shown, shownList } from './shown.ts';
import type { TokenDiagnostic } from './token-diagnostic.ts';

/** Claims that providers name a login by, and that stay when a token is refreshed. */
const SESSION_CLAIMS = [
  'sid',
  'session_id',
  'sessionId',
  'origin_jti',
  'ses_id',
  'session_state',
  'sessionid',
];
/** Claims that are new in every token, where other claims are copied from them. */
const CHANGING_CLAIMS = ['jti', 'uti', 'iat', 'exp', 'nonce'];

/** What session a token is of, what makes it that, and whether it outlives the token. */
export function explainSession(
  claims: Readonly<JWTPayload>,
  circumstances: PrincipalCircumstances,
): readonly TokenDiagnostic[] {
  const { rule, issuer } = circumstances;
  try {
    const session = sessionOf({ claims, issuer: { issuer } }, rule);
    if (!session) return [withoutSession(claims, circumstances)];
    if (session.sessionFrom !== 'derived') return namedSession(claims, session.sessionFrom);
    return [derivedSession(claims, session.session, circumstances)];
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    return [unusable(claims, error.claim ?? 'sub')];
  }
}

function namedSession(claims: Readonly<JWTPayload>, name: string): readonly TokenDiagnostic[] {
  const value = claimOf({ claims }, name);
  const message = `its session is ${shown(value)}, by ${name}`;
  const changing = CHANGING_CLAIMS.find((other) => other === name || claimOf({ claims }, other) === value);
  if (changing)
    return [
      {
        level: 'warning',
        message: `${message}, which changes with every token, as ${changing} does`,
        remedy: 'Let another claim name the session: each refresh would begin a new one.',
      },
    ];
  const stays = SESSION_CLAIMS.includes(name)
    ? 'providers keep it when they refresh a token'
    : 'compare it with that of a refreshed token, to see whether it stays';
  return [{ level: 'ok', message: `${message}; ${stays}` }];
}

function derivedSession(
  claims: Readonly<JWTPayload>,
  session: string,
  { rule, place }: PrincipalCircumstances,
): TokenDiagnostic {
  const none = rule.sessionClaims.length > 0 ? `, as it has none of ${shownList(rule.sessionClaims)}` : '';
  const message = `its session is ${session}, derived from`;
  if (claimOf({ claims }, 'auth_time') !== undefined)
    return {
      level: 'ok',
      message: `${message} iss, sub and auth_time${none}: it stays when the token is refreshed, and each login has its own`,
    };
  const candidate = candidatesIn(claims)[0];
  const cure = candidate && howToSet(place, 'sessionClaims', [...rule.sessionClaims, candidate]);
  return {
    level: 'warning',
    message: `${message} iss and sub${none}, and no auth_time: it stays when the token is refreshed, but is the same for every login of the user`,
    remedy: `Where logins have to be told apart, ${cure ?? 'let its issuer add a claim that names the login, or auth_time'}.`,
  };
}

function withoutSession(
  claims: Readonly<JWTPayload>,
  { rule, place }: PrincipalCircumstances,
): TokenDiagnostic {
  const wanted =
    rule.sessionClaims.length > 0 ? `none of ${shownList(rule.sessionClaims)}` : 'no claim for it';
  const subject = claimOf({ claims }, 'sub') === undefined ? ', nor sub to derive one from' : '';
  const policy = subject === '' ? ', and SESSION_POLICY is require' : '';
  const has = `it has ${claimNamesOf({ claims }).join(', ') || 'no claims'}`;
  return {
    level: 'error',
    check: 'no_session',
    message: `it names no session: there is ${wanted}${subject}${policy}; ${has}`,
    remedy: remedyOf(),
  };

  function remedyOf(): string {
    if (place.kind === 'ours') return 'Make another token, or ask for a new anonymous session.';
    const [candidate] = candidatesIn(claims);
    const named = candidate && howToSet(place, 'sessionClaims', [...rule.sessionClaims, candidate]);
    const derived = subject === '' ? howToSet(place, 'sessionPolicy', 'derive') : undefined;
    const cures = [named, derived].filter((cure) => cure !== undefined);
    return cures.length > 0
      ? `To have it accepted, ${cures.join('; or ')}.`
      : 'Let its issuer add a claim that names the login; then name that in JWT_SESSION_CLAIMS.';
  }
}

function unusable(claims: Readonly<JWTPayload>, name: string): TokenDiagnostic {
  return {
    level: 'error',
    check: 'session',
    message: `its ${name}, which the session is made from, is ${shown(claimOf({ claims }, name))}, not 1 to 256 printable characters`,
    remedy: 'Let its issuer send such a text, or let another claim name the session.',
  };
}

/** Claims that a token has and that may name the login. */
function candidatesIn(claims: Readonly<JWTPayload>): readonly string[] {
  return SESSION_CLAIMS.filter((name) => typeof claimOf({ claims }, name) === 'string');
}
