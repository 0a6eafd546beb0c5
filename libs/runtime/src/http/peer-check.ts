import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';

/** Whether the other end of a request's own TCP connection is one of those named, whatever its headers say. */
export type PeerCheck = (request: IncomingMessage) => boolean;

/** @param peers valid addresses and networks (CIDR) */
export function createPeerCheck(peers: readonly string[]): PeerCheck {
  const isPeer = proxyAddr.compile([...peers]);
  return ({ socket: { remoteAddress } }) => remoteAddress !== undefined && isPeer(remoteAddress, 0);
}
