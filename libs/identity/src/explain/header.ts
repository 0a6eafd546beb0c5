import { decodeProtectedHeader, type JWTPayload, jwtVerify, type ProtectedHeaderParameters } from 'jose';
import { tokenErrorOf } from '../verify/jose-errors.ts';
import { TokenError } from '../verify/token-error.ts';
import { isAcceptedType } from '../verify/token-type.ts';
import { shown } from './shown.ts';
import type { TokenDiagnostic } from './token-diagnostic.ts';

/** The header of a token, where it can be read as a verifier reads it. */
export interface ExplainedHeader {
  readonly header: ProtectedHeaderParameters | undefined;
  readonly diagnostics: readonly TokenDiagnostic[];
}

/** What is never looked at: whoever made the token could name a key of their own. */
const KEYS_OF_ITS_OWN = ['jwk', 'jku', 'x5u', 'x5c'] as const;

/** What the header says, and whether a verifier can go by it. */
export async function explainHeader(token: string, claims: Readonly<JWTPayload>): Promise<ExplainedHeader> {
  const fault = await headerFaultOf(token);
  if (fault) return { header: undefined, diagnostics: [fault] };
  const header = decodeProtectedHeader(token);
  const diagnostics = [membersOf(header), ...ownKeysOf(header), ...typeFaultsOf(header, claims)];
  return { header, diagnostics };
}

/** A verifier asks for a key when the header, by itself, is good. */
async function headerFaultOf(token: string): Promise<TokenDiagnostic | undefined> {
  const askedForKey = new Error('the header is good');
  try {
    await jwtVerify(token, () => Promise.reject(askedForKey));
  } catch (error) {
    if (error === askedForKey) return undefined;
    const refusal = tokenErrorOf(error);
    if (!(refusal instanceof TokenError)) throw error;
    return refusal.check === 'critical' ? critical(token) : unreadable();
  }
  throw new Error('A token was verified without a key');
}

function unreadable(): TokenDiagnostic {
  return {
    level: 'error',
    check: 'form',
    message: 'its header is not what a signed JWT has: a JSON object with an algorithm (alg)',
    remedy: 'Give it as its issuer made it, to the last character.',
  };
}

function critical(token: string): TokenDiagnostic {
  return {
    level: 'error',
    check: 'critical',
    message: `it needs an extension that is not understood here: crit ${shown(decodeProtectedHeader(token).crit)}`,
    remedy: 'Let its issuer make it without.',
  };
}

function membersOf({ alg, typ, kid }: ProtectedHeaderParameters): TokenDiagnostic {
  const said = [alg, typ, kid].map((value) => (value === undefined ? 'none' : shown(value)));
  return { level: 'ok', message: `its header has alg ${said[0]}, typ ${said[1]}, kid ${said[2]}` };
}

function ownKeysOf(header: ProtectedHeaderParameters): readonly TokenDiagnostic[] {
  const names = KEYS_OF_ITS_OWN.filter((name) => Object.hasOwn(header, name));
  if (names.length === 0) return [];
  return [{ level: 'ok', message: `its header brings ${names.join(', ')} along, which is never looked at` }];
}

function typeFaultsOf(
  { typ }: ProtectedHeaderParameters,
  claims: Readonly<JWTPayload>,
): readonly TokenDiagnostic[] {
  if (isAcceptedType(typ, claims)) return [];
  const message = Object.hasOwn(claims, 'events')
    ? 'it tells of events (events), as logout tokens do'
    : `it is of another kind: its typ is ${shown(typ)}, and neither JWT nor at+jwt`;
  return [{ level: 'error', check: 'type', message, remedy: 'Send an access token or an ID token.' }];
}
