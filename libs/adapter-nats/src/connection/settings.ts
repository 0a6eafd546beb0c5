import { readFileSync } from 'node:fs';
import { credsAuthenticator, nkeyAuthenticator } from '@nats-io/nats-core';
import type { NodeConnectionOptions } from '@nats-io/transport-node';

export interface NatsConnectionSettings {
  /**
   * `nats://`, or `tls://` to require TLS; the servers of a cluster are separated by commas. The first may have a user and
   * a password, or a token in place of the user.
   */
  readonly url: string;
  /** This client's name in the server's lists. */
  readonly name: string;
  /** Replaces `name` in the inbox prefix. */
  readonly role?: string | undefined;
  /** The file with a user's JWT and seed; read for every connection. */
  readonly credentialsFile?: string | undefined;
  /** The seed of a user's nkey. */
  readonly nkeySeed?: string | undefined;
  readonly tls?: NatsTlsFiles | undefined;
  /** Interval of pings to the server. The connection is closed when one interval passes without an answer. */
  readonly pingIntervalMs?: number | undefined;
}

/** PEM files: additional certificate authorities, and the client certificate with its key. */
export interface NatsTlsFiles {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** Timeout of the TCP connection and the handshake with one server. */
const CONNECT_TIMEOUT_MS = 3_000;
const RECONNECT_WAIT_MS = 250;
const RECONNECT_JITTER_MS = 500;

/**
 * The options of the NATS client: reconnect for ever, soon and with jitter, and detect half-open connections.
 * @throws {TypeError} if the URL is not a NATS URL
 */
export function connectionOptions(settings: NatsConnectionSettings): NodeConnectionOptions {
  const { name, pingIntervalMs = 2_500, tls } = settings;
  const urls = parseUrls(settings.url);
  const wantsTls = tls !== undefined || urls.some(({ protocol }) => protocol === 'tls:');
  return {
    name,
    servers: urls.map(({ host }) => host),
    ...credentials(settings, urls[0]),
    inboxPrefix: inboxPrefixOf(settings),
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

/**
 * Where replies to this client go: `_INBOX.<user>`, by the user in the URL, or by the role or the name if it has none. So
 * each user can be permitted its own replies alone.
 */
export function inboxPrefixOf({ url, role, name }: NatsConnectionSettings): string {
  const first = parseUrls(url)[0];
  const user = first?.password ? decodeURIComponent(first.username) : undefined;
  return `_INBOX.${(user ?? role ?? name).replace(/[^\w-]/g, '-')}`;
}

/** The servers of a URL, without credentials. */
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
