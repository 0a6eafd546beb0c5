import { DEFAULT_CLOCK_TOLERANCE_SECONDS, type IssuerConfig } from '../issuers/types.ts';
import { checkToken } from './check-token.ts';
import { createTokenCache } from './token-cache.ts';
import { reject } from './token-error.ts';
import { DEFAULT_MAX_TOKEN_BYTES } from './token-form.ts';
import type { TrustedIssuers } from './trusted-issuers.ts';
import type { VerifiedToken } from './types.ts';

const CACHED_TOKENS = 10_000;
/** How long a verified token is cached: a key that its issuer removes is used for at most this much longer. */
const CACHE_MS = 300_000;

export interface TokenVerifier<Config extends IssuerConfig = IssuerConfig> {
  /** @throws {TokenError} for every token that is not accepted; anything else is a bug */
  verify(token: string): Promise<VerifiedToken<Config>>;
}

export interface TokenVerifierOptions<Config extends IssuerConfig> {
  readonly issuers: TrustedIssuers<Config>;
  /** Longer tokens are rejected before anything of them is decoded. `DEFAULT_MAX_TOKEN_BYTES` by default. */
  readonly maxTokenBytes?: number;
}

/**
 * Verifies signed JWTs (RFC 7519, RFC 8725). The exact `iss` selects the issuer, whose keys, algorithms and audiences
 * apply. Verified tokens are cached until they expire, for five minutes at most.
 */
export function createTokenVerifier<Config extends IssuerConfig>({
  issuers,
  maxTokenBytes: maxBytes = DEFAULT_MAX_TOKEN_BYTES,
}: TokenVerifierOptions<Config>): TokenVerifier<Config> {
  const cache = createTokenCache<VerifiedToken<Config>>(CACHED_TOKENS);

  return {
    async verify(token) {
      const cached = token.length <= maxBytes ? cache.get(token) : undefined;
      if (cached) return cached;
      const acceptance = { maxBytes, issuerFor: (iss: unknown) => issuers.get(iss) };
      const { verified } = await checkToken(token, acceptance, reject);
      if (!verified) throw new Error('A token that is not verified passed all checks');
      const toleranceSeconds = verified.issuer.clockToleranceSeconds ?? DEFAULT_CLOCK_TOLERANCE_SECONDS;
      const until = (verified.expiresAt + toleranceSeconds) * 1000;
      cache.set(token, verified, Math.min(until, Date.now() + CACHE_MS));
      return verified;
    },
  };
}
