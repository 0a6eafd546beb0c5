import type { Diagnostic } from '@admit-one/core';
import { DEFAULT_ALGORITHMS, isSignatureAlgorithm } from '../issuers/signature-algorithms.ts';
import type { IssuerConfig } from '../issuers/types.ts';
import { MAX_TRIED_KEYS } from '../keys/choose-keys.ts';
import type { TokenError } from '../verify/token-error.ts';
import { error, failureOf, ok } from './diagnostics.ts';
import { howToSet } from './settings.ts';
import type { ClaimResults, TokenDiagnostic } from './types.ts';
import { shown } from './words.ts';

/**
 * Whether the algorithm is accepted, the issuer's keys are available, one fits, and the signature is valid.
 * @param keys the diagnostics of the issuer's keys
 */
export function explainSignature(
  { config, header, ...results }: ClaimResults,
  keys: readonly Diagnostic[],
): readonly TokenDiagnostic[] {
  if (!config || !header) return [];
  const { alg, kid } = header;
  const source = ok(`its issuer's keys ${sourceOf(config)}`);
  const algorithm = algorithmOf(alg, config, results);
  if (!isSignatureAlgorithm(alg)) return [algorithm, source, ...keyDiagnostics(keys, 'warning')];
  const wanted = `kid ${kid === undefined ? 'none' : shown(kid)} and alg ${shown(alg)}`;
  const failure = failureOf(results, 'keys', 'key', 'kid', 'signature', 'form');
  const isOutage = failure?.check === 'keys';
  const found = keyDiagnostics(keys, isOutage ? 'error' : 'warning');
  if (isOutage && found.some(({ level }) => level === 'error')) return [algorithm, source, ...found];
  const verdict = failure
    ? errorOf(failure, wanted)
    : ok(`a key fits (${wanted}), and the signature is valid`);
  return [algorithm, source, ...found, verdict];
}

/** An error of the keys rejects the token only if it makes the token's own key unavailable. */
function keyDiagnostics(
  keys: readonly Diagnostic[],
  errorsAre: 'error' | 'warning',
): readonly TokenDiagnostic[] {
  return keys.map((diagnostic): TokenDiagnostic => {
    if (diagnostic.level !== 'error') return { ...diagnostic, level: diagnostic.level };
    return errorsAre === 'error'
      ? { ...diagnostic, level: 'error', check: 'keys' }
      : { ...diagnostic, level: 'warning' };
  });
}

function algorithmOf(
  alg: string,
  { algorithms = DEFAULT_ALGORITHMS }: IssuerConfig,
  results: Omit<ClaimResults, 'config' | 'header'>,
): TokenDiagnostic {
  if (!failureOf(results, 'algorithm')) return ok(`its algorithm ${shown(alg)} is accepted`);
  if (isSignatureAlgorithm(alg)) {
    const cure = howToSet(results.place, 'algorithms', [...algorithms, alg]);
    return error(
      'algorithm',
      `its algorithm ${shown(alg)} is not accepted; accepted: ${algorithms.join(', ')}`,
      `Have its issuer sign with one of these${cure ? `; or ${cure}` : ''}.`,
    );
  }
  const why = alg.startsWith('HS')
    ? 'it uses a shared secret, so everyone who can verify tokens could also sign them'
    : 'it is not a signature with a public key';
  return error(
    'algorithm',
    `its algorithm ${shown(alg)} is never accepted: ${why}`,
    'Have its issuer sign with ES256 or RS256. Auth0 and Supabase have a setting for it; with Keycloak, send the access token, not the refresh token.',
  );
}

function sourceOf({ keys }: IssuerConfig): string {
  if ('jwks' in keys) return `are in the settings: ${keys.jwks.keys.length}`;
  if ('jwksUrl' in keys) return `are at ${keys.jwksUrl}`;
  return `are discovered at ${keys.discoveryUrl}`;
}

function errorOf({ check, cause }: TokenError, wanted: string): TokenDiagnostic {
  switch (check) {
    case 'keys':
      return error(
        check,
        `its issuer's keys are unavailable: ${cause instanceof Error ? cause.message : 'unknown'}`,
        'Make them available. A service retries without a restart.',
      );
    case 'key':
      return error(
        check,
        `no key of its issuer fits (${wanted})`,
        'Get a fresh token, and check that its issuer signs with these keys.',
      );
    case 'kid':
      return error(
        check,
        `more keys of its issuer fit (${wanted}) than are tried, and none of the first ${MAX_TRIED_KEYS} verifies it`,
        'Have its issuer name the key in the header (kid).',
      );
    default:
      return error(
        check,
        `a key fits (${wanted}), but the signature is not valid`,
        `Send the token exactly as its issuer returned it. Tokens of Entra for Microsoft Graph can never be verified: request one for your own API.`,
      );
  }
}
