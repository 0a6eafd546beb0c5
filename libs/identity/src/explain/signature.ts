import type { Diagnostic } from '@admit-one/core';
import { compactVerify, type ProtectedHeaderParameters } from 'jose';
import { DEFAULT_ALGORITHMS, type IssuerConfig, isSignatureAlgorithm } from '../issuers/types.ts';
import { inspectIssuer } from '../keys/inspect-issuer.ts';
import { createIssuerKeys } from '../keys/issuer-keys.ts';
import { tokenErrorOf } from '../verify/jose-errors.ts';
import { TokenError } from '../verify/token-error.ts';
import { howToSet, type SettingPlace } from './setting-place.ts';
import { shown } from './shown.ts';
import type { TokenDiagnostic } from './token-diagnostic.ts';

/** Whether the algorithm is accepted, the issuer's keys can be had, one of them fits, and the signature verifies with it. */
export async function explainSignature(
  token: string,
  header: ProtectedHeaderParameters,
  config: IssuerConfig,
  place: SettingPlace,
): Promise<readonly TokenDiagnostic[]> {
  const source: TokenDiagnostic = { level: 'ok', message: `its issuer's keys ${sourceOf(config)}` };
  const [keys, verdict] = await Promise.all([inspectIssuer(config), verdictOn(token, header, config)]);
  return [algorithmOf(header.alg, config, place), source, ...keysAnd(keys, verdict)];
}

/** A fault of the keys refuses the token only where the token's own key is out of reach for it; then it says it all. */
function keysAnd(
  keys: readonly Diagnostic[],
  verdict: readonly TokenDiagnostic[],
): readonly TokenDiagnostic[] {
  const isOutage = verdict.some((diagnostic) => diagnostic.level === 'error' && diagnostic.check === 'keys');
  const told = keys.map((diagnostic): TokenDiagnostic => {
    if (diagnostic.level !== 'error') return { ...diagnostic, level: diagnostic.level };
    return isOutage ? { ...diagnostic, level: 'error', check: 'keys' } : { ...diagnostic, level: 'warning' };
  });
  return isOutage && told.some(({ level }) => level === 'error') ? told : [...told, ...verdict];
}

function algorithmOf(
  alg: string | undefined,
  { algorithms = DEFAULT_ALGORITHMS }: IssuerConfig,
  place: SettingPlace,
): TokenDiagnostic {
  const said = shown(alg);
  if (alg !== undefined && (algorithms as readonly string[]).includes(alg))
    return { level: 'ok', message: `its algorithm ${said} is accepted` };
  const fault = { level: 'error', check: 'algorithm' } as const;
  if (alg !== undefined && isSignatureAlgorithm(alg)) {
    const cure = howToSet(place, 'algorithms', [...algorithms, alg]);
    return {
      ...fault,
      message: `its algorithm ${said} is none of those accepted: ${algorithms.join(', ')}`,
      remedy: `Let its issuer sign with one of these${cure ? `; or ${cure}` : ''}.`,
    };
  }
  const why = alg?.startsWith('HS')
    ? 'it is signed with a shared secret, which nobody can verify who could not sign too'
    : 'it is no signature with a public key';
  return {
    ...fault,
    message: `its algorithm ${said} is never accepted: ${why}`,
    remedy:
      'Let its issuer sign with ES256 or RS256: Auth0 and Supabase have a setting for it; of Keycloak, send the access token in place of the refresh token.',
  };
}

function sourceOf({ keys }: IssuerConfig): string {
  if ('jwks' in keys) return `are in the settings: ${keys.jwks.keys.length} of them`;
  if ('jwksUrl' in keys) return `are at ${keys.jwksUrl}`;
  return `are discovered at ${keys.discoveryUrl}`;
}

async function verdictOn(
  token: string,
  { alg, kid }: ProtectedHeaderParameters,
  config: IssuerConfig,
): Promise<readonly TokenDiagnostic[]> {
  if (alg === undefined || !isSignatureAlgorithm(alg)) return [];
  const find = createIssuerKeys(config, { onError() {}, onBack() {} });
  const wanted = `kid ${kid === undefined ? 'none' : shown(kid)} and alg ${shown(alg)}`;
  try {
    await compactVerify(token, (header, jws) => find({ ...header, alg }, jws));
    return [{ level: 'ok', message: `a key fits it, by ${wanted}, and the signature verifies with it` }];
  } catch (error) {
    const refusal = tokenErrorOf(error);
    if (!(refusal instanceof TokenError)) throw error;
    return [faultOf(refusal, wanted)];
  }
}

function faultOf({ check, cause }: TokenError, wanted: string): TokenDiagnostic {
  switch (check) {
    case 'keys':
      return {
        level: 'error',
        check,
        message: `its issuer's keys cannot be had: ${cause instanceof Error ? cause.message : 'unknown'}`,
        remedy: 'Once they can, no more needs to be changed for that; a service retries by itself.',
      };
    case 'key':
      return {
        level: 'error',
        check,
        message: `no key of its issuer fits it, by ${wanted}`,
        remedy: 'Get a fresh token, and check that these are the keys that its issuer signs with.',
      };
    case 'kid':
      return {
        level: 'error',
        check,
        message: `several keys of its issuer fit it, by ${wanted}`,
        remedy: 'Let its issuer name one of them in the header (kid).',
      };
    default:
      return {
        level: 'error',
        check,
        message: `a key fits it, by ${wanted}, but the signature does not verify with it`,
        remedy:
          'Give the token as its issuer made it. Tokens of Entra for Microsoft Graph never verify: ask for one for your own API.',
      };
  }
}
