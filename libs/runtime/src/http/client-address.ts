import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';

/** Finds the client's address of a request that no framework has seen. */
export type ClientAddress = (request: IncomingMessage) => string | null;

/** @param trustedProxies addresses and networks whose `X-Forwarded-For` is believed */
export function createClientAddress(trustedProxies: readonly string[]): ClientAddress {
  const trust = proxyAddr.compile([...trustedProxies]);
  return (request) => (request.socket.remoteAddress === undefined ? null : proxyAddr(request, trust));
}

/** What keeps a value from being an entry of `TRUSTED_PROXIES`, or undefined. */
export function proxyFault(entry: string): string | undefined {
  try {
    proxyAddr.compile([entry]);
    return undefined;
  } catch {
    return `${JSON.stringify(entry)} is neither an address nor a network such as 10.0.0.0/8`;
  }
}
