import { DEFAULT_CLOCK_TOLERANCE_SECONDS, type IssuerConfig } from '../issuers/types.ts';
import { createIssuerKeys } from '../keys/issuer-keys.ts';
import { checkToken, type TrustedIssuer } from './check-token.ts';
import { createTokenCache } from './token-cache.ts';
import { reject } from './token-error.ts';
import { DEFAULT_MAX_TOKEN_BYTES } from './token-form.ts';
import type { VerifiedToken } from './types.ts';

const CACHED_TOKENS = 10_000;
/** How long a verified token is cached: a key that its issuer removes is used for at most this much longer. */
const CACHE_MS = 300_000;

export interface TokenVerifier<Config extends IssuerConfig = IssuerConfig> {
  /** @throws {TokenError} for every token that is not accepted; anything else is a bug */
  verify(token: string): Promise<VerifiedToken<Config>>;
}

export interface TokenVerifierOptions<Config extends IssuerConfig> {
  readonly issuers: readonly Config[];
  /** Longer tokens are rejected before anything of them is decoded. `DEFAULT_MAX_TOKEN_BYTES` by default. */
  readonly maxTokenBytes?: number;
  /** Called once when an outage of an issuer's keys begins. The error's message shows no URL. */
  readonly onKeysUnreachable?: (alias: string, error: unknown) => void;
  /** Called when its keys are fetched for the first time, and once when an outage ends. */
  readonly onKeysReachable?: (alias: string) => void;
  /** Called with a clause for each key of an issuer that is ignored, when it is first seen: `keys[1] (kid "a") is …`. */
  readonly onKeysIgnored?: (alias: string, ignored: readonly string[]) => void;
}

/**
 * Verifies signed JWTs (RFC 7519, RFC 8725). The exact `iss` selects the issuer, whose keys, algorithms and audiences
 * apply. Verified tokens are cached until they expire, for five minutes at most.
 * @throws {TypeError} if two issuers have the same `iss`
 */
export function createTokenVerifier<Config extends IssuerConfig>(
  options: TokenVerifierOptions<Config>,
): TokenVerifier<Config> {
  const { issuers, onKeysUnreachable, onKeysReachable, onKeysIgnored } = options;
  const { maxTokenBytes: maxBytes = DEFAULT_MAX_TOKEN_BYTES } = options;
  const trusted = new Map<unknown, TrustedIssuer<Config>>();
  for (const config of issuers) {
    const keys = createIssuerKeys(config, {
      onError: (error) => onKeysUnreachable?.(config.alias, error),
      onReachable: () => onKeysReachable?.(config.alias),
      onIgnored: (ignored) => onKeysIgnored?.(config.alias, ignored),
    });
    trusted.set(config.issuer, { config, keys });
  }
  if (trusted.size < issuers.length) throw new TypeError('Two issuers have the same iss');
  const cache = createTokenCache<VerifiedToken<Config>>(CACHED_TOKENS);

  return {
    async verify(token) {
      const cached = token.length <= maxBytes ? cache.get(token) : undefined;
      if (cached) return cached;
      const acceptance = { maxBytes, issuerFor: (iss: unknown) => trusted.get(iss) };
      const { verified } = await checkToken(token, acceptance, reject);
      if (!verified) throw new Error('A token that is not verified passed all checks');
      const toleranceSeconds = verified.issuer.clockToleranceSeconds ?? DEFAULT_CLOCK_TOLERANCE_SECONDS;
      const until = (verified.expiresAt + toleranceSeconds) * 1000;
      cache.set(token, verified, Math.min(until, Date.now() + CACHE_MS));
      return verified;
    },
  };
}
