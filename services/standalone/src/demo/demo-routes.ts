import type { EventStreams, LiveTail } from '@admit-one/audit-service';
import { type AuditLog, AuditLogError, type Principal } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import { type createAuthenticate, rejectionErrorOf } from '@admit-one/ticket-service';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { type RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { BreakableNetwork } from './breakable-network.ts';
import { streamSessionEvents } from './session-events.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The principal of the bearer token, on demo routes. */
    demoPrincipal: Principal | null;
  }
}

export interface DemoRoutesOptions {
  readonly authenticate: ReturnType<typeof createAuthenticate>;
  readonly auditLog: Pick<AuditLog, 'query'>;
  readonly tail: LiveTail;
  readonly streams: EventStreams;
  readonly network: BreakableNetwork;
  /** Counts the requests of all visitors together. */
  readonly requests: RateLimiterMemory;
  /** Whether the client may cut connections of other sessions. */
  readonly mayKill: (request: FastifyRequest) => boolean;
}

/** Empty lines. A reader that is too slow is disconnected, and may connect again. */
const HEARTBEAT = { heartbeat: () => '\n', behind: () => '' } as const;
/** How many past events a stream starts with. */
const BACKLOG = 200;
/** Long enough to watch a client wait, retry and reconnect. */
const OUTAGE_MS = 5_000;
/** The minimum time between two outages. */
const PAUSE_MS = 3_000;

const KILL_IS_LOCAL =
  'The edge can be killed from this machine only. Set DEMO_PAGE=true to allow it for everyone.';

/**
 * The routes of the demo page. All require the JWT of a session and read or cut only that session's events and connections,
 * except `/demo/kill-edge`: all sessions share the edge.
 */
export function demoRoutes(options: DemoRoutesOptions): FastifyPluginAsync {
  const { authenticate, auditLog, tail, streams, network, requests, mayKill } = options;

  return async (app) => {
    app.decorateRequest('demoPrincipal', null);
    app.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      request.demoPrincipal = await authenticate(request.headers.authorization, request.clientAddress);
      // After the authentication, so that strangers cannot use the limit up.
      await requests.consume('all').catch(rejectAboveLimit);
    });
    app.addHook('preClose', async () => streams.endAll());
    app.setErrorHandler((error) => {
      if (error instanceof AuditLogError) throw new RejectionError('audit_log_unavailable', { cause: error });
      throw rejectionErrorOf(error);
    });

    const common = { config: { frontendOnly: true }, schema: { hide: true } };
    app.get('/demo/events', { ...common, exposeHeadRoute: false }, async (request, reply) => {
      const principal = principalOf(request);
      const { issuer, session } = principal;
      const stream = streams.open(JSON.stringify([issuer, session]), HEARTBEAT);
      if (stream === 'too_many') throw new RejectionError('too_many_connections', { retryAfterSeconds: 5 });
      try {
        const unsubscribe = await streamSessionEvents({
          ...{ auditLog, tail, principal },
          backlog: BACKLOG,
          send: (events) => {
            stream.write(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
          },
        });
        if (stream.signal.aborted) unsubscribe();
        stream.signal.addEventListener('abort', unsubscribe, { once: true });
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
      if (!mayKill(request)) throw new RejectionError('route_unknown', { detail: KILL_IS_LOCAL });
      rejectWhileWaiting(PAUSE_MS - network.sinceOutageMs());
      return { cut: network.killEdge(OUTAGE_MS), outageSeconds: OUTAGE_MS / 1000 };
    });
  };
}

/** @throws {RejectionError} `rate_limited`, or what is no result of a limiter */
function rejectAboveLimit(result: unknown): never {
  if (!(result instanceof RateLimiterRes)) throw result;
  throw new RejectionError('rate_limited', { retryAfterSeconds: result.msBeforeNext / 1000 });
}

/** @throws {RejectionError} `rate_limited` if `waitMs` is positive */
function rejectWhileWaiting(waitMs: number): void {
  if (waitMs > 0) throw new RejectionError('rate_limited', { retryAfterSeconds: waitMs / 1000 });
}

/** The principal that the `onRequest` hook has set. */
function principalOf({ demoPrincipal }: FastifyRequest): Principal {
  if (demoPrincipal === null) throw new Error('demoPrincipal is not set: the onRequest hook has not run');
  return demoPrincipal;
}
