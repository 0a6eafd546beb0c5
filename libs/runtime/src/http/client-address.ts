import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from '@fastify/proxy-addr';

/** The client's address of a raw request; null where the connection is gone. */
export type ClientAddress = (request: IncomingMessage) => string | null;

/** An IPv6 address and a zone of the longest name that an interface has. */
const MAX_ADDRESS_LENGTH = 64;

/** `192.0.2.1:443` and `[2001:db8::1]:443`, as some proxies forward a client. */
const WITH_PORT = /^(?:([\d.]+)|\[([\d.:a-f]+)\])(?::\d{1,5})?$/i;

/**
 * Trusts the entries of `X-Forwarded-For` that trusted proxies have written, as far as they are addresses: where a proxy
 * forwards something else, the client is the proxy itself.
 * @param trustedProxies addresses and networks whose `X-Forwarded-For` is trusted
 */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  const trust = proxyAddr.compile([...trustedProxies]);
  return (request) => {
    if (request.socket.remoteAddress === undefined) return null;
    return (
      proxyAddr
        .all(request, trust)
        .map(addressOf)
        .findLast((address) => address !== null) ?? null
    );
  };
}

function addressOf(text: string): string | null {
  const [, v4, v6] = WITH_PORT.exec(text) ?? [];
  const address = v4 ?? v6 ?? text;
  return address.length <= MAX_ADDRESS_LENGTH && isIP(address) !== 0 ? address : null;
}

/** Whether the other end of a request's own TCP connection is one of the configured peers, whatever its headers say. */
export type PeerCheck = (request: IncomingMessage) => boolean;

/** @param peers addresses and networks */
export function createPeerCheck(peers: readonly string[]): PeerCheck {
  const isPeer = proxyAddr.compile([...peers]);
  return ({ socket: { remoteAddress } }) => remoteAddress !== undefined && isPeer(remoteAddress, 0);
}
