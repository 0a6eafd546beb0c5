import type { IncomingMessage, Server } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import type { Logger } from '../logging.ts';
import type { Telemetry } from '../telemetry.ts';
import { offersWebSocket } from './upgrades.ts';

export interface UntrustedForwardedOptions {
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly log: Logger;
  readonly telemetry: Telemetry;
}

/**
 * Counts the requests, and the upgrades where a server takes any, whose `X-Forwarded-For` nobody believes, as
 * `http_untrusted_forwarded_total`. Behind a proxy that nobody has told us of, all clients seem to have its address: the
 * first such request is a line in the log that says which variable to set.
 */
export function countUntrustedForwarded(server: Server, options: UntrustedForwardedOptions): void {
  const { trustedProxies, log, telemetry } = options;
  const isTrusted = proxyAddr.compile([...trustedProxies]);
  const counter = telemetry.meter.createCounter('http_untrusted_forwarded_total', {
    description: 'Requests with an X-Forwarded-For from a peer that TRUSTED_PROXIES does not list',
  });
  counter.add(0);
  let hasWarned = false;

  function look({ headers, socket }: IncomingMessage): void {
    const peer = socket.remoteAddress;
    if (headers['x-forwarded-for'] === undefined || peer === undefined || isTrusted(peer, 0)) return;
    counter.add(1);
    if (hasWarned) return;
    hasWarned = true;
    log.warn({ peer, variable: 'TRUSTED_PROXIES' }, 'untrusted_forwarded_for');
  }

  server.on('request', look);
  server.once('listening', () => {
    // A listener for upgrades takes them from Node, so this one only joins another, which may end the socket, before it.
    if (server.listenerCount('upgrade') > 0)
      server.prependListener('upgrade', (request) => offersWebSocket(request) && look(request));
  });
}
