import type { Diagnostic } from '@admit-one/core';
import { DEFAULT_ALGORITHMS, type SignatureAlgorithm } from '../issuers/signature-algorithms.ts';
import type { IssuerConfig } from '../issuers/types.ts';
import { FetchError, isTamperable } from './fetch-json.ts';
import { isFor, type KeySet, sortKeys } from './key-set.ts';
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
  const { usable, ignored } = sortKeys(keySet);
  return [
    usability(keySet.keys.length, usable, algorithms ?? DEFAULT_ALGORITHMS),
    ...ignored.map(
      (issue): Diagnostic => ({
        level: 'warning',
        message: issue,
        remedy:
          'Have its issuer withdraw it, unless it is for another purpose: tokens signed with it are rejected.',
      }),
    ),
  ];
}

function usability(count: number, { keys }: KeySet, algorithms: readonly SignatureAlgorithm[]): Diagnostic {
  const usable = algorithms.filter((algorithm) => keys.some((key) => isFor(key, algorithm)));
  const found = count === 1 ? '1 key' : `${count} keys`;
  if (usable.length > 0) return { level: 'ok', message: `it has ${found}, usable for ${usable.join(', ')}` };
  return {
    level: 'error',
    message: `it has ${found}, but no key usable for ${algorithms.join(', ')}`,
    remedy: 'Check that the issuer signs with these keys, and the accepted algorithms.',
  };
}
