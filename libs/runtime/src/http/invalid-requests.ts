import type { IncomingMessage } from 'node:http';

/** Why the head of a request is invalid, as a sentence, and the status to answer with. */
export interface InvalidRequest {
  readonly status: number;
  readonly detail: string;
}

/** The most lines of header that a request may have. */
const MAX_HEADER_LINES = 200;

/**
 * The most bytes of request line and headers. `Authorization` and the first JWT among the subprotocols are not counted: tokens
 * have their own limit.
 * Node reads more than this, so that the rejection is a reply that pages can read, and an event at an upgrade.
 */
const MAX_HEAD_BYTES = 16 * 1024;

/** Where one of these is repeated, a proxy may read another value than we do. */
const ONLY_ONCE: ReadonlySet<string> = new Set(['host', 'authorization', 'content-type', 'content-encoding']);
/** Most names of headers are of another length, and need no closer look. */
const LENGTHS: ReadonlySet<number> = new Set([...ONLY_ONCE].map(({ length }) => length));

/**
 * Holds the head of a request to RFC 9110 and 9112, as far as Node's parser does not: it takes HTTP/0.9 and 2.0, any
 * number of `Host` and `Authorization` headers, and codings that are not decoded here.
 */
export function invalidRequestOf(request: IncomingMessage): InvalidRequest | undefined {
  const { headers, httpVersion, rawHeaders } = request;
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    return { status: 400, detail: `HTTP/${httpVersion} is not spoken here, but HTTP/1.1 is.` };
  if (rawHeaders.length > 2 * MAX_HEADER_LINES)
    return { status: 431, detail: `The request has more than ${MAX_HEADER_LINES} headers.` };
  if (headBytesOf(request) > MAX_HEAD_BYTES)
    return {
      status: 431,
      detail: 'The request line and the headers without tokens are larger than 16 KiB.',
    };
  const repeated = repeatedOf(rawHeaders);
  if (repeated !== undefined)
    return { status: 400, detail: `The request has more than one ${repeated} header.` };
  if (headers.host === undefined && httpVersion === '1.1')
    return { status: 400, detail: 'The request has no Host header.' };
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue')
    return { status: 417, detail: 'The only expectation (Expect) that is met here is 100-continue.' };
  if ((headers['transfer-encoding'] ?? 'chunked').toLowerCase() !== 'chunked')
    return {
      status: 400,
      detail: 'The only transfer coding (Transfer-Encoding) that is read here is chunked.',
    };
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity')
    return { status: 415, detail: 'The body must not be compressed (Content-Encoding).' };
  return undefined;
}

/** A JWT as a subprotocol. */
const OFFERED_JWT = /(?:^|,)[ \t]*jwt\.[^,\s]*/i;

/** Node decodes headers as Latin-1: a character is a byte. */
function headBytesOf({ url = '', rawHeaders, headers }: IncomingMessage): number {
  let bytes = url.length - (headers.authorization?.length ?? 0);
  for (const text of rawHeaders) bytes += text.length + 2;
  if (bytes <= MAX_HEAD_BYTES) return bytes;
  const [jwt = ''] = OFFERED_JWT.exec(headers['sec-websocket-protocol'] ?? '') ?? [];
  return bytes - jwt.length;
}

/** @param rawHeaders names and values in turn, as they came */
function repeatedOf(rawHeaders: readonly string[]): string | undefined {
  const seen: string[] = [];
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const written = rawHeaders[n] ?? '';
    if (!LENGTHS.has(written.length)) continue;
    const name = written.toLowerCase();
    if (!ONLY_ONCE.has(name)) continue;
    if (seen.includes(name)) return written;
    seen.push(name);
  }
  return undefined;
}
