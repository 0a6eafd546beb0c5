import { isFetchableUrl } from './fetchable-url.ts';
import { parseJsonObject } from './key-set.ts';

const TIMEOUT_MS = 3_000;
const MAX_BYTES = 256 * 1024;

/** A document of an issuer that cannot be had, or is not what it should be. The message says why, to an operator. */
export class FetchError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FetchError';
  }
}

/**
 * Fetches a JSON object: whole within 3 s, of at most 256 KiB, with status 200, and without following redirects.
 * @param name what messages call the document
 * @throws {FetchError}
 */
export async function fetchJsonObject(url: string, name: string): Promise<Readonly<Record<string, unknown>>> {
  const deadline = new AbortController();
  const timeout = new Error(`there is no whole answer within ${TIMEOUT_MS / 1000} s`);
  const timer = setTimeout(() => deadline.abort(timeout), TIMEOUT_MS);
  try {
    return parseJsonObject(await fetchText(url, deadline.signal));
  } catch (cause) {
    throw new FetchError(`${name} cannot be read: ${rootMessageOf(cause)}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  if (!isFetchableUrl(url)) throw new Error('its URL is not http(s) without user and password');
  const response = await fetch(url, {
    signal,
    redirect: 'manual',
    headers: { accept: 'application/json, application/jwk-set+json' },
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the answer has status ${response.status}`);
  }
  return readText(response);
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw new Error(`the answer is longer than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `fetch` says no more than that it failed; what it wraps says why. */
function rootMessageOf(error: unknown): string {
  if (error instanceof Error && error.cause !== undefined) return rootMessageOf(error.cause);
  if (error instanceof AggregateError) return rootMessageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
