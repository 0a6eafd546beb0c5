import type { Response } from 'undici';
import { fetchOnce, rootMessageOf } from '../outbound-fetch.ts';
import { parseJsonObject } from './key-set.ts';

const TIMEOUT_MS = 3_000;
const MAX_BYTES = 256 * 1024;

/** A document of an issuer cannot be fetched, or isn't valid. The message is for operators and shows no URL. */
export class FetchError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FetchError';
  }
}

/**
 * Fetches a JSON object: complete within 3 s, at most 256 KiB, status 200, no redirects; through the proxy in `HTTPS_PROXY` or
 * `HTTP_PROXY`, unless `NO_PROXY` lists the host.
 * @param name the name of the document in error messages
 * @throws {FetchError}
 */
export async function fetchJsonObject(url: string, name: string): Promise<Readonly<Record<string, unknown>>> {
  const deadline = new AbortController();
  const timeout = new Error(`the response is not complete within ${TIMEOUT_MS / 1000} s`);
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
  if (!isFetchableUrl(url)) throw new Error('its URL must be http(s), without user and password');
  const headers = { accept: 'application/json, application/jwk-set+json' };
  return fetchOnce(url, { signal, headers }, (response) => {
    if (response.status !== 200) throw new Error(`the response has status ${response.status}`);
    return readText(response);
  });
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw new Error(`the response is longer than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Whether a URL is http(s) without user and password, which would end up in messages. */
export function isFetchableUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

/** Whether a document from this URL can be changed in transit: plain http from another machine. */
export function isTamperable(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
