import type { PrincipalRule } from '../issuers/types.ts';
import { attributesOf } from '../principal/attributes.ts';
import { hasClaimValue } from '../principal/claim-values.ts';
import { claimOf, identifierOf } from '../principal/identifier.ts';
import { claimNamesOf, sessionOf } from '../principal/principal.ts';
import type { TokenError } from '../verify/token-error.ts';
import type { Claims } from '../verify/types.ts';
import { error, ok, warning } from './diagnostics.ts';
import { howToSet, type SettingPlace } from './settings.ts';
import type { TokenDiagnostic } from './types.ts';
import { shown, shownList } from './words.ts';

export interface PrincipalSettings {
  /** The issuer that sessions are derived from. */
  readonly issuer: string;
  readonly rule: PrincipalRule;
  readonly place: SettingPlace;
}

/** Claims that providers name a login by, and that stay the same when a token is refreshed. */
const SESSION_CLAIMS = [
  ...['sid', 'session_id', 'sessionId', 'origin_jti', 'ses_id', 'session_state', 'sessionid'],
];
/** Claims that are different in every token, and that other claims may be copied from. */
const CHANGING_CLAIMS = ['jti', 'uti', 'iat', 'exp', 'nonce'];

/** The principal of a token: its session, its user, and the attributes that are passed on. */
export function explainPrincipal(claims: Claims, settings: PrincipalSettings): readonly TokenDiagnostic[] {
  return [
    explainSession(claims, settings),
    explainUser(claims, settings),
    ...explainAttributes(claims, settings.rule),
    ...explainSynthetic(claims, settings.rule),
  ];
}

function explainSession(claims: Claims, settings: PrincipalSettings): TokenDiagnostic {
  const failures: TokenError[] = [];
  const session = sessionOf(claims, settings.issuer, settings.rule, (failure) => failures.push(failure));
  const [failure] = failures;
  if (failure) {
    const remedy = 'Have its issuer send such a string, or let another claim name the session.';
    const name = failure.claim ?? 'sub';
    return notAnIdentifier('session', name, claimOf(claims, name, settings.rule.nestedClaims), remedy);
  }
  if (!session) return withoutSession(claims, settings);
  if (session.sessionFrom !== 'derived') return namedSession(claims, session.sessionFrom, settings.rule);
  return derivedSession(claims, session.session, settings);
}

function notAnIdentifier(
  check: 'session' | 'user',
  name: string,
  value: unknown,
  remedy: string,
): TokenDiagnostic {
  const message = `its ${name}, which names the ${check}, is ${shown(value)}, not 1 to 256 printable characters`;
  return error(check, message, remedy);
}

function namedSession(claims: Claims, name: string, { nestedClaims }: PrincipalRule): TokenDiagnostic {
  const value = claimOf(claims, name, nestedClaims);
  const message = `its session is ${shown(value)}, by ${name}`;
  const changing = CHANGING_CLAIMS.find((other) => other === name || claimOf(claims, other) === value);
  if (changing)
    return warning(
      `${message}, which changes with every token, like ${changing}`,
      'Let another claim name the session: each refresh would start a new one.',
    );
  const stays = SESSION_CLAIMS.includes(name)
    ? 'providers keep it when they refresh a token'
    : 'compare it with a refreshed token to see whether it stays the same';
  return ok(`${message}; ${stays}`);
}

function derivedSession(
  claims: Claims,
  session: string,
  { rule, place }: PrincipalSettings,
): TokenDiagnostic {
  const { sessionClaims } = rule;
  const absent = sessionClaims.length > 0 ? ` (no session is named by ${shownList(sessionClaims)})` : '';
  const message = `its session is ${session}, derived from`;
  if (claimOf(claims, 'auth_time') !== undefined)
    return ok(
      `${message} iss, sub and auth_time${absent}: it stays the same when the token is refreshed, and each login has its own`,
    );
  const [candidate] = candidatesIn(claims);
  const cure = candidate && howToSet(place, 'sessionClaims', [...sessionClaims, candidate]);
  return warning(
    `${message} iss and sub${absent}, without auth_time: it stays the same when the token is refreshed, but all logins of the user share it`,
    `To distinguish logins, ${cure ?? 'have its issuer add a claim that names the login, or auth_time'}.`,
  );
}

function withoutSession(claims: Claims, { rule, place }: PrincipalSettings): TokenDiagnostic {
  const { sessionClaims } = rule;
  const wanted = sessionClaims.length > 0 ? shownList(sessionClaims) : 'a session claim';
  const hasSubject = claimOf(claims, 'sub') !== undefined;
  const underived = hasSubject ? ', and SESSION_POLICY is require' : ', and it has no sub to derive one from';
  const message = `it names no session: none by ${wanted}${underived}; it has ${claimNamesOf(claims).join(', ') || 'no claims'}`;
  if (place.kind === 'own')
    return error('no_session', message, 'Request another token, or a new anonymous session.');
  const [candidate] = candidatesIn(claims);
  const named = candidate && howToSet(place, 'sessionClaims', [...sessionClaims, candidate]);
  const derived = hasSubject ? howToSet(place, 'sessionPolicy', 'derive') : undefined;
  const cures = [named, derived].filter((cure) => cure !== undefined);
  const remedy =
    cures.length > 0
      ? `To have it accepted, ${cures.join('; or ')}.`
      : 'Have its issuer add a claim that names the login, and add that claim to JWT_SESSION_CLAIMS.';
  return error('no_session', message, remedy);
}

/** Claims of a token that may name the login. */
function candidatesIn(claims: Claims): readonly string[] {
  return SESSION_CLAIMS.filter((name) => typeof claimOf(claims, name) === 'string');
}

function explainUser(claims: Claims, { rule, place }: PrincipalSettings): TokenDiagnostic {
  const name = rule.userClaim;
  const failures: TokenError[] = [];
  const value = claimOf(claims, name, rule.nestedClaims);
  const user = identifierOf(value, name, 'user', (failure) => failures.push(failure));
  if (failures.length > 0) {
    const cure = name === 'sub' ? undefined : howToSet(place, 'userClaim', 'sub');
    return notAnIdentifier(
      'user',
      name,
      value,
      `Have its issuer send such a string${cure ? `; or ${cure}` : ''}.`,
    );
  }
  if (user === null) return ok(`it names no user: it has no ${name}`);
  return ok(`its user is ${shown(user)}, by ${name}`);
}

function explainSynthetic(claims: Claims, { syntheticClaim }: PrincipalRule): readonly TokenDiagnostic[] {
  if (!syntheticClaim || !hasClaimValue(claims, syntheticClaim)) return [];
  return [ok(`its ${syntheticClaim.claim} marks it as that of a probe: its events are synthetic`)];
}

function explainAttributes(
  claims: Claims,
  { attributeClaims: names, nestedClaims }: PrincipalRule,
): readonly TokenDiagnostic[] {
  const passed = attributesOf(claims, names, nestedClaims);
  const others = names.filter((name) => !Object.hasOwn(passed, name));
  const omitted = others.filter((name) => claimOf(claims, name, nestedClaims) !== undefined);
  const absent = others.filter((name) => !omitted.includes(name));
  const diagnostics = Object.entries(passed).map(([name, value]) =>
    ok(`its ${shown(name)} is passed on: ${shown(value)}`),
  );
  if (omitted.length > 0)
    diagnostics.push(
      warning(
        `too long or too many to be passed on: ${shownList(omitted)}`,
        'List the most important attributes first: at most 16 are passed on, of 1,024 characters each and 8 KiB in total.',
      ),
    );
  if (absent.length > 0)
    diagnostics.push(ok(`it does not have ${shownList(absent)}, which would be passed on`));
  return diagnostics;
}
