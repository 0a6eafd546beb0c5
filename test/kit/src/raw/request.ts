import { randomBytes } from 'node:crypto';

/** A header's value; several of them are several lines, and null leaves the header out. */
export type HeaderValue = string | readonly string[] | null;

/** An upgrade request, valid except for these members. */
export interface UpgradeRequest {
  readonly method?: string;
  /** The request target, where it is not the URL's path and query. */
  readonly target?: string;
  readonly httpVersion?: string;
  /** `Sec-WebSocket-Key`; a fresh one by default. Two requests with the same key are passes of one handshake. */
  readonly key?: string;
  readonly protocols?: readonly string[];
  readonly origin?: string;
  /** Added to, or in the place of, the headers of a proper upgrade. Names count without their case. */
  readonly headers?: Readonly<Record<string, HeaderValue>>;
}

/** A new `Sec-WebSocket-Key` (RFC 6455, section 4.1). */
export function newWebSocketKey(): string {
  return randomBytes(16).toString('base64');
}

/** The bytes of a request's head, as far as the empty line. */
export function encodeRequest(url: URL, request: UpgradeRequest = {}): Buffer {
  const { method = 'GET', target = url.pathname + url.search, httpVersion = '1.1' } = request;
  const lines = [`${method} ${target} HTTP/${httpVersion}`];
  for (const [name, value] of Object.entries(headersOf(url, request)))
    for (const one of valuesOf(value)) lines.push(`${name}: ${one}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

function headersOf(url: URL, { key, protocols = [], origin, headers = {} }: UpgradeRequest) {
  const proper: Record<string, HeaderValue> = {
    host: url.host,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': key ?? newWebSocketKey(),
    'sec-websocket-protocol': protocols.length > 0 ? protocols.join(', ') : null,
    origin: origin ?? null,
  };
  for (const [name, value] of Object.entries(headers)) proper[name.toLowerCase()] = value;
  return proper;
}

function valuesOf(value: HeaderValue): readonly string[] {
  if (value === null) return [];
  return typeof value === 'string' ? [value] : value;
}
