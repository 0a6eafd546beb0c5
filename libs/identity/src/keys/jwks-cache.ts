import { errors } from 'jose';
import { TokenError } from '../verify/token-error.ts';
import { type ChooseKeys, createChooseKeys } from './choose-keys.ts';
import type { KeySource } from './key-source.ts';

export interface KeysListener {
  /** Called once when an outage begins. */
  onError(error: unknown): void;
  /** Called when keys are fetched for the first time, and once when an outage ends. */
  onReachable(): void;
  /** Called with the clauses of `sortKeys` about ignored keys when they are first seen, and when they differ later. */
  onIgnored(ignored: readonly string[]): void;
}

interface KnownKeys {
  readonly choose: ChooseKeys;
  /** As JSON. */
  readonly ignored: string;
  readonly fetchedAt: number;
  readonly freshMs: number;
}

interface Outage {
  readonly error: unknown;
  readonly retryMs: number;
  readonly retryAt: number;
}

/** How long keys are fresh. Up to a tenth is subtracted at random, so that replicas do not fetch at the same time. */
const FRESH_MS = 600_000;
/** Up to this age, keys are used while fresh ones are fetched. Later, a token waits for the fetch. */
const REVALIDATED_MS = 3_600_000;
/** Up to this age, keys are used while they cannot be fetched. It bounds the use of a withdrawn key. */
const STALE_MS = 86_400_000;
/** The pause after a fetch before an unknown key causes another. It delays the notice of a rotation, and bounds the cost of a flood. */
const UNKNOWN_KEY_MS = 10_000;
/** No ignored keys, as JSON. */
const NONE = '[]';
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 5_000;

/**
 * A cache of an issuer's JWK set. It fetches keys when a token first needs them, and again when they are stale or lack a
 * token's key: one fetch at a time, with a backoff while fetches fail. Known keys stay in use meanwhile.
 *
 * The function throws `TokenError` `keys` if the keys cannot be fetched, and the errors of `createChooseKeys` if no key fits.
 */
export function createJwksCache(fetchKeys: KeySource, listener: KeysListener): ChooseKeys {
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
    let isFirst = false;
    try {
      const { usable, ignored } = await fetchKeys();
      const freshMs = FRESH_MS * (1 - Math.random() / 10);
      isFirst = known === undefined;
      const previous = known?.ignored ?? NONE;
      known = {
        choose: createChooseKeys(usable),
        ignored: JSON.stringify(ignored),
        fetchedAt: performance.now(),
        freshMs,
      };
      if (ignored.length > 0 && known.ignored !== previous) listener.onIgnored(ignored);
    } catch (error) {
      if (!outage) listener.onError(error);
      const retryMs = outage ? Math.min(outage.retryMs * 2, LAST_RETRY_MS) : FIRST_RETRY_MS;
      outage = { error, retryMs, retryAt: performance.now() + retryMs };
      return;
    }
    if (isFirst || outage) listener.onReachable();
    outage = undefined;
  }

  async function usableKeys(): Promise<ChooseKeys> {
    if (known && age() < known.freshMs) return known.choose;
    const mustWait = age() >= (outage ? STALE_MS : REVALIDATED_MS);
    const refreshed = refresh();
    if (mustWait) await refreshed;
    if (known && age() < STALE_MS) return known.choose;
    throw unavailable();
  }

  /** The keys to use for a token whose key is not among the known ones. */
  async function latestKeys(): Promise<ChooseKeys> {
    if (age() >= UNKNOWN_KEY_MS) await refresh();
    if (outage || !known) throw unavailable();
    return known.choose;
  }

  function unavailable(): TokenError {
    return new TokenError('keys', { cause: outage?.error });
  }

  return async (header) => {
    const choose = await usableKeys();
    try {
      return await choose(header);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const chooseAgain = await latestKeys();
      return chooseAgain(header);
    }
  };
}
