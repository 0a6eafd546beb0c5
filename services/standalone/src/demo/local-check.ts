import type { IncomingMessage } from 'node:http';
import { createPeerCheck, type PeerCheck } from '@admit-one/runtime';

/** Headers that proxies leave: behind one, everybody comes from this machine. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const;

/** Makes the check whether a request comes from this machine itself, as far as that can be told. */
export function createLocalCheck(): PeerCheck {
  const isLoopback = createPeerCheck(['127.0.0.0/8', '::1/128']);
  return (request: IncomingMessage) =>
    isLoopback(request) && FORWARDED.every((name) => request.headers[name] === undefined);
}
