import { readFileSync } from 'node:fs';
import { credsAuthenticator, nkeyAuthenticator } from '@nats-io/nats-core';
import type { NodeConnectionOptions } from '@nats-io/transport-node';

export interface NatsConnectionSettings {
  /**
   * `nats://` or, where nothing but TLS will do, `tls://`; the servers of a cluster with commas between them. The first
   * may carry a user and a password, or a token in the user's place.
   */
  readonly url: string;
  /** What the server lists this client as. */
  readonly name: string;
  /** The file with a user's JWT and seed; read again for every connection. */
  readonly credentialsFile?: string | undefined;
  /** The seed of a user's nkey. */
  readonly nkeySeed?: string | undefined;
  readonly tls?: NatsTlsFiles | undefined;
  /** Interval of pings to the server. The connection is closed when one interval passes without an answer. */
  readonly pingIntervalMs?: number | undefined;
}

/** PEM files: whom to trust beside the system's authorities, and what to show the server. */
export interface NatsTlsFiles {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** For the TCP connection and the handshake with one server. */
const CONNECT_TIMEOUT_MS = 3_000;
const RECONNECT_WAIT_MS = 250;
const RECONNECT_JITTER_MS = 500;

/**
 * What the client is to do: reconnect for ever, soon and not all at once, and see a half-open connection.
 * @throws {TypeError} where the URL is no NATS URL
 */
export function connectionOptions(settings: NatsConnectionSettings): NodeConnectionOptions {
  const { name, pingIntervalMs = 2_500, tls } = settings;
  const urls = parseUrls(settings.url);
  const wantsTls = tls !== undefined || urls.some(({ protocol }) => protocol === 'tls:');
  return {
    name,
    servers: urls.map(({ host }) => host),
    ...credentials(settings, urls[0]),
    ...(wantsTls && { tls: { ...tls } }),
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: pingIntervalMs,
    maxPingOut: 1,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    reconnectJitter: RECONNECT_JITTER_MS,
    reconnectJitterTLS: RECONNECT_JITTER_MS,
    ignoreAuthErrorAbort: true,
    noAsyncTraces: true,
  };
}

/** The servers of a URL, without what must not be shown. */
export function serversOf(url: string): string {
  return parseUrls(url)
    .map(({ host }) => host)
    .join(', ');
}

function parseUrls(text: string): readonly URL[] {
  return text.split(',').map((part) => {
    const url = URL.canParse(part.trim()) ? new URL(part.trim()) : undefined;
    if (!url?.hostname || !['nats:', 'tls:'].includes(url.protocol))
      throw new TypeError('the URL of NATS is nats://host:port or tls://host:port');
    return url;
  });
}

function credentials(
  { credentialsFile, nkeySeed }: NatsConnectionSettings,
  url: URL | undefined,
): NodeConnectionOptions {
  if (credentialsFile !== undefined)
    return { authenticator: credsAuthenticator(() => readFileSync(credentialsFile)) };
  if (nkeySeed !== undefined) return { authenticator: nkeyAuthenticator(Buffer.from(nkeySeed)) };
  const [user, pass] = [url?.username ?? '', url?.password ?? ''].map(decodeURIComponent);
  if (!user) return {};
  return pass ? { user, pass } : { token: user };
}
