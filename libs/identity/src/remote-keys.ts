import { createRemoteJWKSet, customFetch, type FetchImplementation, type RemoteJWKSet } from 'jose';

/** The longest JWK set that is read, in bytes. */
const MAX_JWKS_BYTES = 256 * 1024;
const FETCH_TIMEOUT_MS = 3_000;
/** How long after a fetch an unknown `kid` makes no new one. */
const COOLDOWN_MS = 30_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 5_000;

/**
 * The keys of an issuer at its JWKS URL: fetched when first needed, every 10 minutes, and for an unknown `kid`.
 * However many tokens ask, there is one fetch at a time, none for 30 s after a success, and none for 0.5 s, doubling up
 * to 5 s, after a failure. Redirects are not followed.
 */
export function createRemoteKeys(jwksUrl: string): RemoteJWKSet {
  return createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: COOLDOWN_MS,
    [customFetch]: backingOff(fetchKeySet),
  });
}

function backingOff(fetchKeys: FetchImplementation): FetchImplementation {
  let notBefore = Number.NEGATIVE_INFINITY;
  let retryMs = FIRST_RETRY_MS;
  return async (url, options) => {
    if (performance.now() < notBefore) throw new Error('The last fetch of the JWK set failed a moment ago');
    try {
      const response = await fetchKeys(url, options);
      retryMs = FIRST_RETRY_MS;
      return response;
    } catch (error) {
      notBefore = performance.now() + retryMs;
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      throw error;
    }
  };
}

/** A response without a single key counts as a failure: it must not push out the keys that are known. */
async function fetchKeySet(url: string, options: Parameters<FetchImplementation>[1]): Promise<Response> {
  const response = await fetch(url, options);
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`The JWKS URL answered with status ${response.status}`);
  }
  const keySet: unknown = JSON.parse(await readText(response));
  const keys = (keySet as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys) || keys.length === 0) throw new Error('The JWKS URL answered without a key');
  return Response.json(keySet);
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_JWKS_BYTES) throw new Error(`The JWK set is longer than ${MAX_JWKS_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
