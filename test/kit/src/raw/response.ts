/** An HTTP response as it came over the wire. */
export interface RawResponse {
  readonly status: number;
  /** By name in lower case; a repeated header's values are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty after a 101. */
  readonly body: string;
}

/**
 * The response that the bytes begin with, or undefined where it is not complete yet.
 * @param ended whether no more bytes will come, which completes a body without a length
 */
export function decodeResponse(
  bytes: Buffer,
  ended: boolean,
): { response: RawResponse; end: number } | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, headEnd).toString('latin1').split('\r\n');
  const status = Number(statusLine.split(' ', 2)[1]);
  const headers = headersOf(lines);
  const bodyAt = headEnd + 4;
  if (status === 101) return { response: { status, headers, body: '' }, end: bodyAt };

  if (headers['transfer-encoding'] === 'chunked') {
    const decoded = decodeChunks(bytes, bodyAt);
    return decoded && { response: { status, headers, body: decoded.body.toString() }, end: decoded.end };
  }

  const end = bodyAt + Number(headers['content-length'] ?? Number.POSITIVE_INFINITY);
  if (bytes.length < end && !ended) return undefined;
  const body = bytes.subarray(bodyAt, Math.min(end, bytes.length)).toString();
  return { response: { status, headers, body }, end: Math.min(end, bytes.length) };
}

/** A chunked body without trailers (RFC 9112, section 7.1), or undefined where it is not complete yet. */
function decodeChunks(bytes: Buffer, bodyAt: number): { body: Buffer; end: number } | undefined {
  const chunks: Buffer[] = [];
  for (let at = bodyAt; ; ) {
    const sizeEnd = bytes.indexOf('\r\n', at);
    if (sizeEnd < 0) return undefined;
    const chunkAt = sizeEnd + 2;
    const chunkEnd = chunkAt + Number.parseInt(bytes.toString('latin1', at, sizeEnd), 16);
    at = chunkEnd + 2;
    if (bytes.length < at) return undefined;
    if (chunkEnd === chunkAt) return { body: Buffer.concat(chunks), end: at };
    chunks.push(bytes.subarray(chunkAt, chunkEnd));
  }
}

function headersOf(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return headers;
}
