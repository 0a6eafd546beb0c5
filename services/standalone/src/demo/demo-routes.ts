import { AuditLogError, type Principal } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import { type createAuthenticate, rejectionErrorOf } from '@admit-one/ticket-service';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { BreakableNetwork } from './breakable-network.ts';
import type { EventStreams } from './event-streams.ts';
import type { FollowedAuditLog } from './followed-audit-log.ts';
import type { RateLimit } from './rate-limit.ts';
import { followSession } from './session-trail.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** For whom the bearer token of a request to the demo speaks. */
    demoPrincipal: Principal | null;
  }
}

export interface DemoRoutesOptions {
  readonly authenticate: ReturnType<typeof createAuthenticate>;
  readonly auditLog: FollowedAuditLog;
  readonly streams: EventStreams;
  readonly network: BreakableNetwork;
  readonly rateLimit: RateLimit;
  /** Whether whoever asks may break what others use too. */
  readonly mayKill: (request: FastifyRequest) => boolean;
}

/** How many events so far a stream begins with. */
const BACKLOG = 200;
/** Long enough to see a client wait, try again and come back. */
const OUTAGE_MS = 5_000;
/** How long the edge then stays as it is, whoever asks. */
const PAUSE_MS = 3_000;

const NOT_FOR_ALL =
  'Only from this machine itself can the edge be killed, or by anybody where DEMO_PAGE=true says so.';

/**
 * What the demo page does beside the services' own API. Everything takes the JWT of a session, and tells and breaks nothing
 * of another one, but for the one edge that all share.
 */
export function demoRoutes(options: DemoRoutesOptions): FastifyPluginAsync {
  const { authenticate, auditLog, streams, network, rateLimit, mayKill } = options;

  return async (app) => {
    app.decorateRequest('demoPrincipal', null);
    app.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      refuseFor(rateLimit.take());
      request.demoPrincipal = await authenticate(request.headers.authorization);
    });
    app.addHook('preClose', async () => streams.endAll());
    app.setErrorHandler((error) => {
      if (error instanceof AuditLogError) throw new RejectionError('audit_log_unavailable', { cause: error });
      throw rejectionErrorOf(error);
    });

    const common = { config: { frontendOnly: true }, schema: { hide: true } };
    app.get('/demo/events', { ...common, exposeHeadRoute: false }, async (request, reply) => {
      const principal = principalOf(request);
      const stream = streams.open(principal);
      if (stream === 'too_many') throw new RejectionError('too_many_connections', { retryAfterSeconds: 5 });
      try {
        const leave = await followSession({ auditLog, principal, backlog: BACKLOG, tell: stream.send });
        stream.onEnd(leave);
      } catch (error) {
        stream.body.destroy();
        throw error;
      }
      return reply.type('application/x-ndjson').header('x-accel-buffering', 'no').send(stream.body);
    });

    app.post('/demo/drop-network', common, async (request) => ({
      cut: network.cut(principalOf(request)),
    }));

    app.post('/demo/kill-edge', common, async (request) => {
      if (!mayKill(request)) throw new RejectionError('route_unknown', { detail: NOT_FOR_ALL });
      refuseFor(PAUSE_MS - network.sinceOutageMs());
      return { cut: network.kill(OUTAGE_MS), outageSeconds: OUTAGE_MS / 1000 };
    });
  };
}

/** @param waitMs how long to wait first; nothing is refused where that is over */
function refuseFor(waitMs: number): void {
  if (waitMs > 0) throw new RejectionError('rate_limited', { retryAfterSeconds: waitMs / 1000 });
}

/** The hook has left nobody without one. */
function principalOf({ demoPrincipal }: FastifyRequest): Principal {
  if (demoPrincipal === null) throw new Error('a request without a principal has passed');
  return demoPrincipal;
}
