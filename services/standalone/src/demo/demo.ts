import { acceptedIssuersOf, type TicketConfig } from '@admit-one/config';
import type { Bus } from '@admit-one/core';
import { createAuthenticate } from '@admit-one/ticket-service';
import type { FastifyPluginAsync } from 'fastify';
import { type BreakableNetwork, breakableNetwork } from './breakable-network.ts';
import type { DemoPage } from './demo-page.ts';
import { demoRoutes } from './demo-routes.ts';
import { createEventStreams } from './event-streams.ts';
import type { FollowedAuditLog } from './followed-audit-log.ts';
import { createLocalCheck } from './local-check.ts';
import { pageRoutes } from './page-routes.ts';
import { createRateLimit } from './rate-limit.ts';

export interface DemoOptions {
  readonly page: DemoPage;
  /** What `/` says to those who do not ask for the page. */
  readonly index: object;
  /** Whose tokens are taken: those that get tickets. */
  readonly tickets: TicketConfig;
  readonly auditLog: FollowedAuditLog;
  /** The edge's. */
  readonly bus: Bus;
  /** Whether anybody may kill the edge, and not this machine alone. */
  readonly open: boolean;
}

/** The demo page, and what it needs of the server: the edge has to be behind its network. */
export interface Demo extends Pick<BreakableNetwork, 'bus' | 'before'> {
  readonly routes: FastifyPluginAsync;
}

/** Bounds of the live events: a page has one stream, and a visitor few pages. */
const STREAMS = {
  maxStreams: 64,
  maxPerSession: 4,
  lifetimeMs: 300_000,
  heartbeatMs: 15_000,
  maxBufferedBytes: 1_048_576,
} as const;

/** Of all visitors together. */
const REQUESTS = { atMost: 200, windowMs: 10_000 } as const;

export function createDemo(options: DemoOptions): Demo {
  const { page, index, tickets, auditLog, bus, open } = options;
  const network = breakableNetwork(bus);
  const isLocal = createLocalCheck();
  return {
    bus: network.bus,
    before: network.before,
    routes: async (app) => {
      await app.register(pageRoutes(page, index));
      await app.register(
        demoRoutes({
          authenticate: createAuthenticate({ issuers: acceptedIssuersOf(tickets) }),
          auditLog,
          streams: createEventStreams(STREAMS),
          network,
          rateLimit: createRateLimit(REQUESTS),
          mayKill: ({ raw }) => open || isLocal(raw),
        }),
      );
    },
  };
}
