import type { Finding } from '@admit-one/core';
import { createLocalJWKSet } from 'jose';
import { DEFAULT_ALGORITHMS, type IssuerConfig } from './issuer-config.ts';
import { KeyError, type KeySet, parseKeySet } from './key-set.ts';
import { createRemoteKeys } from './remote-keys.ts';

/** Looks at an issuer's keys as a verifier would: whether they can be had, and whether its algorithms can use any. Never throws. */
export async function inspectIssuer({ keys, algorithms }: IssuerConfig): Promise<readonly Finding[]> {
  if ('discoveryUrl' in keys) throw new TypeError('Keys are not looked up by discovery');
  let keySet: KeySet;
  try {
    keySet = 'jwks' in keys ? keys.jwks : await fetchKeys(keys.jwksUrl);
  } catch (error) {
    return [
      {
        level: 'fault',
        what: `its keys cannot be fetched: ${rootMessageOf(error)}`,
        remedy: 'Check the JWKS URL, and that this machine can reach it. Redirects are not followed.',
      },
    ];
  }
  return [await usability(keySet, algorithms ?? DEFAULT_ALGORITHMS), ...harmfulKeys(keySet)];
}

async function fetchKeys(jwksUrl: string): Promise<KeySet> {
  const remote = createRemoteKeys(jwksUrl);
  await remote.reload();
  return remote.jwks() ?? { keys: [] };
}

async function usability({ keys }: KeySet, algorithms: readonly string[]): Promise<Finding> {
  const fits = await Promise.all(algorithms.map((alg) => someKeyFits(keys, alg)));
  const usable = algorithms.filter((_, index) => fits[index]);
  const count = keys.length === 1 ? '1 key' : `${keys.length} keys`;
  if (usable.length > 0) return { level: 'ok', what: `it has ${count}, good for ${usable.join(', ')}` };
  return {
    level: 'fault',
    what: `it has ${count}, none of them good for ${algorithms.join(', ')}`,
    remedy: 'Check that these are the keys it signs with, and which algorithms are accepted.',
  };
}

/** Whether a verifier that had to choose from one key alone would take one of these. */
async function someKeyFits(keys: KeySet['keys'], alg: string): Promise<boolean> {
  const choices = keys.map((key) => createLocalJWKSet({ keys: [key] })({ alg }));
  return (await Promise.allSettled(choices)).some(({ status }) => status === 'fulfilled');
}

/** Private keys for all to see, and what is no key at all. */
function harmfulKeys({ keys }: KeySet): readonly Finding[] {
  return keys.flatMap((key, index): readonly Finding[] => {
    try {
      parseKeySet(JSON.stringify({ keys: [key] }));
      return [];
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      const what = error.message.replace('keys[0]', `keys[${index}]`);
      return [{ level: 'warning', what, remedy: 'Have it withdrawn; no token is good by it.' }];
    }
  });
}

/** `fetch` says no more than that it failed; what it wraps says why. */
function rootMessageOf(error: unknown): string {
  if (error instanceof Error && error.cause !== undefined) return rootMessageOf(error.cause);
  if (error instanceof AggregateError) return rootMessageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
