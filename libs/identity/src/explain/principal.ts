import type { JWTPayload } from 'jose';
import { attributesOf } from '../principal/attributes.ts';
import { claimOf, identifierOf } from '../principal/identifier.ts';
import type { PrincipalRule } from '../principal/principal.ts';
import { TokenError } from '../verify/token-error.ts';
import { explainSession } from './session.ts';
import { howToSet, type SettingPlace } from './setting-place.ts';
import { shown, shownList } from './shown.ts';
import type { TokenDiagnostic } from './token-diagnostic.ts';

export interface PrincipalCircumstances {
  /** The issuer that derived sessions are made with. */
  readonly issuer: string;
  readonly rule: PrincipalRule;
  readonly place: SettingPlace;
}

/** For whom a token speaks: its session, its user, and the attributes that are passed on. */
export function explainPrincipal(
  claims: Readonly<JWTPayload>,
  circumstances: PrincipalCircumstances,
): readonly TokenDiagnostic[] {
  const { rule, place } = circumstances;
  return [
    ...explainSession(claims, circumstances),
    explainUser(claims, rule.userClaim, place),
    ...explainAttributes(claims, rule.attributeClaims),
  ];
}

function explainUser(claims: Readonly<JWTPayload>, name: string, place: SettingPlace): TokenDiagnostic {
  try {
    const user = identifierOf({ claims }, name, 'user');
    if (user !== null) return { level: 'ok', message: `its user is ${shown(user)}, by ${name}` };
    return { level: 'ok', message: `it names no user: it has no ${name}` };
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    const cure = howToSet(place, 'userClaim', 'sub');
    return {
      level: 'error',
      check: 'user',
      message: `its ${name}, which names the user, is ${shown(claimOf({ claims }, name))}, not 1 to 256 printable characters`,
      remedy: `Let its issuer send such a text${cure && name !== 'sub' ? `; or ${cure}` : ''}.`,
    };
  }
}

function explainAttributes(
  claims: Readonly<JWTPayload>,
  names: readonly string[],
): readonly TokenDiagnostic[] {
  const passed = attributesOf(claims, names);
  const others = names.filter((name) => !Object.hasOwn(passed, name));
  const [left, absent] = [true, false].map((isThere) =>
    others.filter((name) => (claimOf({ claims }, name) !== undefined) === isThere),
  );
  const diagnostics: TokenDiagnostic[] = Object.entries(passed).map(([name, value]) => ({
    level: 'ok',
    message: `its ${shown(name)} is passed on: ${shown(value)}`,
  }));
  if (left?.length)
    diagnostics.push({
      level: 'warning',
      message: `left out of what is passed on: ${shownList(left)}`,
      remedy:
        'An attribute is 1,024 characters long at most, and there are 16 at most, of 8 KiB in all: list those that matter most first.',
    });
  if (absent?.length)
    diagnostics.push({ level: 'ok', message: `it lacks ${shownList(absent)}, which would be passed on` });
  return diagnostics;
}
