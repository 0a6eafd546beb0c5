import type { IncomingMessage } from 'node:http';
import { createEventStreams, type LiveTail } from '@admit-one/audit-service';
import { acceptedIssuersOf, type TicketConfig } from '@admit-one/config';
import type { AuditLog, Bus } from '@admit-one/core';
import { trustIssuers } from '@admit-one/identity';
import { createFailureLimit, createPeerCheck } from '@admit-one/runtime';
import { createAuthenticate } from '@admit-one/ticket-service';
import type { FastifyPluginAsync } from 'fastify';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type BreakableNetwork, breakableNetwork } from './breakable-network.ts';
import { demoRoutes } from './demo-routes.ts';
import { type DemoPage, pageRoutes } from './page-routes.ts';

export interface DemoOptions {
  readonly page: DemoPage;
  /** The JSON of `/` for clients that do not accept HTML. */
  readonly index: object;
  /** The demo accepts the same tokens as the ticket-service. */
  readonly tickets: TicketConfig;
  readonly auditLog: Pick<AuditLog, 'query'>;
  readonly tail: LiveTail;
  /** The bus of the edge. */
  readonly bus: Bus;
  /** Whether clients from other machines may kill the edge. */
  readonly open: boolean;
}

/** The demo page. The edge must use `bus`, and its upgrade listener must be wrapped with `intercept`. */
export interface Demo extends Pick<BreakableNetwork, 'bus' | 'intercept'> {
  readonly routes: FastifyPluginAsync;
}

/** Limits of event streams: a page opens one. */
const STREAMS = {
  maxStreams: 64,
  maxPerOwner: 4,
  lifetimeMs: 300_000,
  heartbeatMs: 15_000,
  maxBufferedBytes: 1_048_576,
} as const;

/** For all visitors together. */
const REQUESTS = { points: 200, duration: 10 } as const;

export function createDemo(options: DemoOptions): Demo {
  const { page, index, tickets, auditLog, tail, bus, open } = options;
  const network = breakableNetwork(bus);
  const isLocal = createLocalCheck();
  return {
    bus: network.bus,
    intercept: network.intercept,
    routes: async (app) => {
      await app.register(pageRoutes(page, index));
      await app.register(
        demoRoutes({
          authenticate: createAuthenticate(
            { issuers: trustIssuers(acceptedIssuersOf(tickets)) },
            createFailureLimit(tickets.limits.failedTokens),
          ),
          auditLog,
          tail,
          streams: createEventStreams(STREAMS),
          network,
          requests: new RateLimiterMemory(REQUESTS),
          mayKill: ({ raw }) => open || isLocal(raw),
        }),
      );
    },
  };
}

/** Headers set by proxies: behind one, all clients connect from this machine. */
const FORWARDED =
  /^(?:forwarded|x-forwarded-.+|x-real-ip|x-original-.+|via|cf-.+|true-client-ip|x-client-ip)$/;

/** A `Host`, or an `Origin` behind its scheme, that names this machine. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/**
 * Checks whether a request comes from this machine and did not pass a proxy. A proxy without any setting adds no header:
 * nginx then speaks HTTP/1.0, others pass on the public `Host`, and a browser's `Origin` is that of the public page.
 */
export function createLocalCheck(): (request: IncomingMessage) => boolean {
  const isLoopback = createPeerCheck(['127.0.0.0/8', '::1/128']);
  return (request) => {
    const { host = '', origin } = request.headers;
    return (
      isLoopback(request) &&
      request.httpVersion === '1.1' &&
      LOOPBACK.test(host) &&
      (origin === undefined || LOOPBACK.test(origin.replace(/^https?:\/\//, ''))) &&
      !Object.keys(request.headers).some((name) => FORWARDED.test(name))
    );
  };
}
