import { createEventStreams, type LiveTail } from '@admit-one/audit-service';
import { acceptedIssuersOf, type TicketConfig } from '@admit-one/config';
import type { AuditLog, Bus } from '@admit-one/core';
import { trustIssuers } from '@admit-one/identity';
import { createFailureLimit } from '@admit-one/runtime';
import { createAuthenticate } from '@admit-one/ticket-service';
import type { FastifyPluginAsync } from 'fastify';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type BreakableNetwork, breakableNetwork } from './breakable-network.ts';
import { demoRoutes } from './demo-routes.ts';
import { createLocalCheck } from './local-check.ts';
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
