import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { TokenError } from '../verify/token-error.ts';
import type { KeySource } from './key-source.ts';

/** Hears of an outage once when it begins, and once when it is over. */
export interface OutageListener {
  onError(error: unknown): void;
  onBack(): void;
}

interface KnownKeys {
  readonly choose: JWTVerifyGetKey;
  readonly fetchedAt: number;
  readonly freshMs: number;
}

interface Outage {
  readonly error: unknown;
  readonly retryMs: number;
  readonly retryAt: number;
}

/** How long keys are used before they are fetched anew; a tenth of it is left to chance, lest replicas come as a crowd. */
const FRESH_MS = 600_000;
/** How old keys may be to be used while they are fetched anew. Those that nobody asked for in an hour have to wait for it. */
const REVALIDATED_MS = 3_600_000;
/** How old keys may be to be used while they cannot be fetched: a night and a day, after which a withdrawn key must be out. */
const STALE_MS = 86_400_000;
/** How soon after a fetch an unknown key is worth another: a rotation is noticed so late, and a flood costs so little. */
const UNKNOWN_KEY_MS = 10_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 5_000;

/**
 * Makes the keys of an issuer as a verifier needs them: fetched when first needed, and again when they are no longer
 * fresh or lack the key of a token, one fetch at a time, and with a back-off while that fails. What is known goes on
 * being used meanwhile. Nothing is fetched that no token asks for.
 *
 * The function throws `TokenError` `keys` where the issuer cannot be asked, and what `createLocalJWKSet` throws where no
 * key fits.
 */
export function createJwksCache(fetchKeys: KeySource, outages: OutageListener): JWTVerifyGetKey {
  let known: KnownKeys | undefined;
  let outage: Outage | undefined;
  let flight: Promise<void> | undefined;

  const age = () => (known ? performance.now() - known.fetchedAt : Number.POSITIVE_INFINITY);

  async function refresh(): Promise<void> {
    if (outage && performance.now() < outage.retryAt) return;
    flight ??= fetchOnce().finally(() => {
      flight = undefined;
    });
    await flight;
  }

  async function fetchOnce(): Promise<void> {
    try {
      const choose = createLocalJWKSet(await fetchKeys());
      const freshMs = FRESH_MS * (1 - Math.random() / 10);
      known = { choose, fetchedAt: performance.now(), freshMs };
    } catch (error) {
      if (!outage) outages.onError(error);
      const retryMs = outage ? Math.min(outage.retryMs * 2, LAST_RETRY_MS) : FIRST_RETRY_MS;
      outage = { error, retryMs, retryAt: performance.now() + retryMs };
      return;
    }
    if (outage) outages.onBack();
    outage = undefined;
  }

  async function usableKeys(): Promise<JWTVerifyGetKey> {
    if (known && age() < known.freshMs) return known.choose;
    const mustWait = age() >= (outage ? STALE_MS : REVALIDATED_MS);
    const refreshed = refresh();
    if (mustWait) await refreshed;
    if (known && age() < STALE_MS) return known.choose;
    throw unavailable();
  }

  /** The keys as they are after a token has asked for one that is not among them. */
  async function latestKeys(): Promise<JWTVerifyGetKey> {
    if (age() >= UNKNOWN_KEY_MS) await refresh();
    if (outage || !known) throw unavailable();
    return known.choose;
  }

  function unavailable(): TokenError {
    return new TokenError('keys', { cause: outage?.error });
  }

  return async (header, token) => {
    const choose = await usableKeys();
    try {
      return await choose(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const chooseAnew = await latestKeys();
      return chooseAnew(header, token);
    }
  };
}
