import type { Diagnostic } from '@admit-one/core';
import { createLocalJWKSet } from 'jose';
import { DEFAULT_ALGORITHMS, type IssuerConfig } from '../issuers/types.ts';
import { FetchError, isTamperable } from './fetch-json.ts';
import { KeyError, type KeySet, parseKeySet, usableKeysOf } from './key-set.ts';
import { discoverJwksUrl, fetchKeySet } from './key-source.ts';

const FETCH_REMEDY = 'Check the JWKS URL, and that this machine can reach it. Redirects are not followed.';
const DISCOVERY_REMEDY =
  'Check that the issuer is exactly the one in its discovery document, and that this machine can reach the document; or set the JWKS URL. Redirects are not followed.';

/** Whether an issuer's keys can be discovered and fetched, and whether its algorithms can use any of them. Never throws. */
export async function inspectIssuer(config: IssuerConfig): Promise<readonly Diagnostic[]> {
  const { keys } = config;
  if ('jwks' in keys) return inspectKeys(keys.jwks, config);
  if ('jwksUrl' in keys) return inspectJwksUrl(keys.jwksUrl, config);
  return inspectDiscovery(keys.discoveryUrl, config);
}

async function inspectDiscovery(discoveryUrl: string, config: IssuerConfig): Promise<readonly Diagnostic[]> {
  const transport = inspectTransport('discovery document', discoveryUrl);
  try {
    const jwksUrl = await discoverJwksUrl(discoveryUrl, config.issuer);
    const found: Diagnostic = { level: 'ok', message: 'its discovery document says where its keys are' };
    return [found, ...transport, ...(await inspectJwksUrl(jwksUrl, config))];
  } catch (error) {
    const message = `its keys cannot be discovered: ${messageOf(error)}`;
    return [{ level: 'error', message, remedy: DISCOVERY_REMEDY }, ...transport];
  }
}

async function inspectJwksUrl(jwksUrl: string, config: IssuerConfig): Promise<readonly Diagnostic[]> {
  const transport = inspectTransport('JWK set', jwksUrl);
  try {
    return [...(await inspectKeys(await fetchKeySet(jwksUrl), config)), ...transport];
  } catch (error) {
    const message = `its keys cannot be fetched: ${messageOf(error)}`;
    return [{ level: 'error', message, remedy: FETCH_REMEDY }, ...transport];
  }
}

function messageOf(error: unknown): string {
  if (error instanceof FetchError) return error.message;
  throw error;
}

function inspectTransport(name: string, url: string): readonly Diagnostic[] {
  const message = `its ${name} is fetched by plain http: anyone who can change it in transit can forge its tokens`;
  return isTamperable(url) ? [{ level: 'warning', message, remedy: 'Use an https URL.' }] : [];
}

async function inspectKeys(keySet: KeySet, { algorithms }: IssuerConfig): Promise<readonly Diagnostic[]> {
  return [await usability(keySet, algorithms ?? DEFAULT_ALGORITHMS), ...harmfulKeys(keySet)];
}

async function usability(keySet: KeySet, algorithms: readonly string[]): Promise<Diagnostic> {
  const { keys } = keySet;
  const usableKeys = usableKeysOf(keySet).keys;
  const fits = await Promise.all(algorithms.map((alg) => someKeyFits(usableKeys, alg)));
  const usable = algorithms.filter((_, index) => fits[index]);
  const count = keys.length === 1 ? '1 key' : `${keys.length} keys`;
  if (usable.length > 0) return { level: 'ok', message: `it has ${count}, usable for ${usable.join(', ')}` };
  return {
    level: 'error',
    message: `it has ${count}, but no key usable for ${algorithms.join(', ')}`,
    remedy: 'Check that the issuer signs with these keys, and the accepted algorithms.',
  };
}

/** Whether a verifier would choose one of these keys if it were the only one. */
async function someKeyFits(keys: KeySet['keys'], alg: string): Promise<boolean> {
  const choices = keys.map((key) => createLocalJWKSet({ keys: [key] })({ alg }));
  return (await Promise.allSettled(choices)).some(({ status }) => status === 'fulfilled');
}

/** Published private keys, and members that aren't keys. */
function harmfulKeys({ keys }: KeySet): readonly Diagnostic[] {
  return keys.flatMap((key, index): readonly Diagnostic[] => {
    try {
      parseKeySet(JSON.stringify({ keys: [key] }));
      return [];
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      const message = error.message.replace('keys[0]', `keys[${index}]`);
      return [
        {
          level: 'warning',
          message,
          remedy: 'Have its issuer withdraw it; tokens signed with it are rejected.',
        },
      ];
    }
  });
}
