import { type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { requireAudience } from './audience.ts';
import { MAX_TOKEN_BYTES, unverifiedClaimsOf } from './compact-jwt.ts';
import { DEFAULT_ALGORITHMS, DEFAULT_CLOCK_TOLERANCE_SECONDS, type IssuerConfig } from './issuer-config.ts';
import { createIssuerKeys } from './issuer-keys.ts';
import { tokenErrorOf } from './jose-errors.ts';
import { timeIssuesOf } from './times.ts';
import { createTokenCache } from './token-cache.ts';
import { TokenError } from './token-error.ts';
import { isAcceptedType } from './token-type.ts';

const CACHED_TOKENS = 10_000;
/** How long a token stays good without another look at its signature: a withdrawn key should not outlive it by far. */
const CACHE_MS = 300_000;

/** A token whose signature, issuer, audience and times are good. */
export interface VerifiedToken<Config extends IssuerConfig = IssuerConfig> {
  /** The configured issuer that signed it. */
  readonly issuer: Config;
  /** `iat`, Unix seconds. */
  readonly issuedAt: number;
  /** `exp`, Unix seconds. */
  readonly expiresAt: number;
  /** The key that signed it, as its header names it; null where it names none. */
  readonly kid: string | null;
  readonly claims: Readonly<JWTPayload>;
}

export interface TokenVerifier<Config extends IssuerConfig = IssuerConfig> {
  /** @throws {TokenError} and nothing else for anything but a bug */
  verify(token: string): Promise<VerifiedToken<Config>>;
}

export interface TokenVerifierOptions<Config extends IssuerConfig> {
  readonly issuers: readonly Config[];
  /** Hears once that the keys of an issuer cannot be fetched, and why, in words that show no URL. */
  readonly onKeysFault?: (alias: string, error: unknown) => void;
  /** Hears once that they can be fetched again. */
  readonly onKeysBack?: (alias: string) => void;
}

/** What `timeFaultsOf` finds nothing wrong with. */
type Times = Readonly<Record<'exp' | 'iat', number>>;

interface Issuer<Config> {
  readonly config: Config;
  readonly keys: JWTVerifyGetKey;
  readonly toleranceSeconds: number;
}

/**
 * Makes a verifier of signed JWTs (RFC 7519, with the advice of RFC 8725). The issuer is picked by the exact `iss`, and
 * its own keys, algorithms and audiences apply; `exp` and `iat` are required.
 * @throws {TypeError} where two issuers have the same `iss`
 */
export function createTokenVerifier<Config extends IssuerConfig>(
  options: TokenVerifierOptions<Config>,
): TokenVerifier<Config> {
  const { issuers } = options;
  const byIssuer = new Map<unknown, Issuer<Config>>(
    issuers.map((config) => [config.issuer, issuerFrom(config, options)]),
  );
  if (byIssuer.size < issuers.length) throw new TypeError('Two issuers have the same iss');
  const cache = createTokenCache<VerifiedToken<Config>>(CACHED_TOKENS);

  return {
    async verify(token) {
      if (token.length > MAX_TOKEN_BYTES) throw new TokenError('size');
      const known = cache.get(token);
      if (known) return known;
      try {
        const issuer = issuerOf(token, byIssuer);
        const verified = await verifyToken(token, issuer);
        const until = (verified.expiresAt + issuer.toleranceSeconds) * 1000;
        cache.set(token, verified, Math.min(until, Date.now() + CACHE_MS));
        return verified;
      } catch (error) {
        throw tokenErrorOf(error);
      }
    },
  };
}

function issuerFrom<Config extends IssuerConfig>(
  config: Config,
  { onKeysFault, onKeysBack }: TokenVerifierOptions<Config>,
): Issuer<Config> {
  const keys = createIssuerKeys(config, {
    onError: (error) => onKeysFault?.(config.alias, error),
    onBack: () => onKeysBack?.(config.alias),
  });
  return { config, keys, toleranceSeconds: config.clockToleranceSeconds ?? DEFAULT_CLOCK_TOLERANCE_SECONDS };
}

function issuerOf<Config>(token: string, byIssuer: ReadonlyMap<unknown, Issuer<Config>>): Issuer<Config> {
  const issuer = byIssuer.get(unverifiedClaimsOf(token).iss);
  if (!issuer) throw new TokenError('issuer');
  return issuer;
}

async function verifyToken<Config extends IssuerConfig>(
  token: string,
  { config, keys, toleranceSeconds }: Issuer<Config>,
): Promise<VerifiedToken<Config>> {
  const { payload: claims, protectedHeader } = await jwtVerify<Times>(token, keys, {
    issuer: config.issuer,
    algorithms: [...(config.algorithms ?? DEFAULT_ALGORITHMS)],
    requiredClaims: ['exp', 'iat'],
    clockTolerance: toleranceSeconds,
  });
  if (!isAcceptedType(protectedHeader.typ, claims)) throw new TokenError('type');
  requireAudience(claims, config);
  const [timeFault] = timeIssuesOf(claims, toleranceSeconds, Date.now() / 1000);
  if (timeFault) throw new TokenError(timeFault.check);
  const { kid = null } = protectedHeader;
  return { issuer: config, issuedAt: claims.iat, expiresAt: claims.exp, kid, claims };
}
