import type { IncomingMessage } from 'node:http';
import { canonicalAddress } from '@admit-one/text';
import proxyAddr from '@fastify/proxy-addr';

/** The client's address of a raw request, in its one spelling; null where the connection is gone. */
export type ClientAddress = (request: IncomingMessage) => string | null;

/** `192.0.2.1:443` and `[2001:db8::1]:443`, as some proxies forward a client; in a URI, `%25` precedes a zone. */
const WITH_PORT = /^(?:([\d.]+)|\[([^\]]+)\])(?::\d{0,5})?$/;

/** More entries than a chain of proxies has: a client can send thousands, each of which would be looked up. */
const MAX_ENTRIES = 32;

/**
 * Trusts the entries of `X-Forwarded-For` that trusted proxies have written, as far as they are addresses: where a proxy
 * forwards something else, the client is the proxy itself. Empty entries are ignored (RFC 9110, section 5.6.1), and so are all
 * but the nearest 32.
 * @param trustedProxies addresses and networks whose `X-Forwarded-For` is trusted
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  const isTrusted = proxyAddr.compile([...trustedProxies]);
  return ({ headers, socket }) => {
    let client = canonicalAddress(socket.remoteAddress ?? '');
    const forwarded = headers['x-forwarded-for'];
    if (forwarded === undefined) return client;
    for (const entry of entriesOf(forwarded)) {
      if (client === null || !isTrusted(client, 0)) return client;
      const address = forwardedAddress(entry);
      if (address === null) return client;
      client = address;
    }
    return client;
  };
}

/** The entries of the header, the nearest first. */
function entriesOf(header: string | string[]): readonly string[] {
  const entries = String(header).split(',');
  return entries
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .slice(-MAX_ENTRIES)
    .reverse();
}

function forwardedAddress(entry: string): string | null {
  const [, v4, v6] = WITH_PORT.exec(entry) ?? [];
  return canonicalAddress(v4 ?? v6?.replace('%25', '%') ?? entry);
}

/** Whether the other end of a request's own TCP connection is one of the configured peers, whatever its headers say. */
export type PeerCheck = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => boolean;

/** @param peers addresses and networks */
export function createPeerCheck(peers: readonly string[]): PeerCheck {
  const isPeer = proxyAddr.compile([...peers]);
  return ({ socket: { remoteAddress } }) => remoteAddress !== undefined && isPeer(remoteAddress, 0);
}
