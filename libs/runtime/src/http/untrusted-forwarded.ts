import type { IncomingMessage, Server } from 'node:http';
import { canonicalAddress } from '@admit-one/text';
import type { Logger } from '../logging.ts';
import type { Telemetry } from '../telemetry.ts';
import { createPeerCheck } from './client-address.ts';
import { offersWebSocket } from './upgrades.ts';

export interface UntrustedForwardedOptions {
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly log: Logger;
  readonly telemetry: Telemetry;
}

/**
 * Counts the requests and upgrades with an `X-Forwarded-For` from an untrusted peer, as `http_untrusted_forwarded_total`.
 * Behind a proxy that is not in `TRUSTED_PROXIES`, all clients have the proxy's address: the first such request logs a
 * line that names the variable.
 */
export function countUntrustedForwarded(server: Server, options: UntrustedForwardedOptions): void {
  const { trustedProxies, log, telemetry } = options;
  const isTrusted = createPeerCheck(trustedProxies);
  const counter = telemetry.meter.counter('http_untrusted_forwarded_total');
  let hasWarned = false;

  function look(request: IncomingMessage): void {
    if (request.headers['x-forwarded-for'] === undefined) return;
    const peer = request.socket.remoteAddress;
    if (peer === undefined || isTrusted(request)) return;
    counter.add(1);
    if (hasWarned) return;
    hasWarned = true;
    log.warn({ peer: canonicalAddress(peer), variable: 'TRUSTED_PROXIES' }, 'untrusted_forwarded_for');
  }

  server.on('request', look);
  server.once('listening', () => {
    // A listener for upgrades takes all of them over from Node: add one only where the server has one already.
    if (server.listenerCount('upgrade') > 0)
      server.prependListener('upgrade', (request) => {
        if (offersWebSocket(request)) look(request);
      });
  });
}
