import type { StoredEvent } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { createEventStreams } from '../../live/event-streams.ts';
import { follow } from '../../live/follow.ts';
import type { LiveTail } from '../../live/live-tail.ts';
import { SSE_TYPE, sseBehind, sseEvent, sseHeartbeat } from '../../live/sse.ts';
import { queryText } from '../access/query-text.ts';
import { operatorKey } from '../access/rate-limit.ts';
import { problems } from '../problems.ts';
import { readParameters } from '../query/parameters.ts';
import { querySchema, streamParameters } from '../query/query-schema.ts';
import { isFilterName, readFilter } from '../query/read-filter.ts';
import { readSince, validPosition } from '../query/read-page.ts';
import { readShape } from '../query/read-shape.ts';
import { commonSchema, type RouteContext, readsOwnQuery } from './route-context.ts';

const LIMITS = {
  maxStreams: 64,
  maxPerOwner: 8,
  lifetimeMs: 3_600_000,
  heartbeatMs: 15_000,
  maxBufferedBytes: 1_048_576,
} as const;

/** The position before all events. */
const BEGINNING = '0.0.0';
/** When a client without a stream may try again. */
const RETRY_SECONDS = 5;

const ok = {
  description: 'Server-sent events. An id is a position; `Last-Event-ID` continues behind it.',
  content: { [SSE_TYPE]: { schema: Type.String() } },
};

/** `GET /api/v1/audit/stream`: events as they come, behind a position or from now on. */
export function addStreamRoute(app: FastifyInstance, context: RouteContext, tail: LiveTail): void {
  const { auditLog, clock, pseudonyms, reportAccess, log } = context;
  const streams = createEventStreams(LIMITS);
  app.addHook('preClose', async () => streams.endAll());

  app.get(
    '/api/v1/audit/stream',
    {
      ...readsOwnQuery,
      schema: {
        ...commonSchema,
        summary: 'Follow the audit log',
        querystring: querySchema(streamParameters),
        headers: Type.Object({
          'last-event-id': Type.Optional(Type.String({ description: 'As `since`, and before it.' })),
        }),
        response: { 200: ok, ...problems },
      },
    },
    async (request, reply) => {
      const parameters = readParameters(request.query, streamParameters, isFilterName);
      const shape = readShape(parameters);
      const filter = pseudonyms.ofFilter(readFilter(parameters, clock.now()));
      const since = lastEventId(request) ?? readSince(parameters);
      if (request.method === 'HEAD') return reply.type(SSE_TYPE).send();

      let position = since;
      let eventCount = 0;
      let isLive = since === undefined;
      const stream = streams.open(operatorKey(request.operator), {
        heartbeat: () => sseHeartbeat(isLive ? (tail.position ?? position) : position),
        behind: () => sseBehind(position),
      });
      if (stream === 'too_many')
        throw new RejectionError('too_many_connections', { retryAfterSeconds: RETRY_SECONDS });

      const send = (events: readonly StoredEvent[]): void => {
        if (!stream.write(events.map((event) => sseEvent(event, shape)).join(''))) return;
        position = events.at(-1)?.position ?? position;
        eventCount += events.length;
      };
      const follower = {
        send,
        catchUp: (events: readonly StoredEvent[]) => {
          if (events.length > 0) send(events);
          return stream.drained();
        },
      };
      const query = queryText(filter);
      try {
        const { caughtUp } = await follow({
          ...{ auditLog, tail, filter, since, follower },
          signal: stream.signal,
        });
        // From here on nothing is missed, also by a client that is cut off before it has an event.
        if (since === undefined) stream.write(sseHeartbeat(tail.position ?? BEGINNING));
        caughtUp.then(
          () => {
            isLive = true;
          },
          (error: unknown) => {
            log.error({ err: error, traceId: request.trace.traceId }, 'live_view_failed');
            stream.body.destroy();
          },
        );
      } catch (error) {
        stream.body.destroy();
        throw error;
      }
      reportAccess(request, { access: 'live_view_started', query, eventCount: 0, complete: false });
      stream.signal.addEventListener('abort', () =>
        reportAccess(request, { access: 'live_view_ended', query, eventCount, complete: false }),
      );
      return reply.type(SSE_TYPE).header('x-accel-buffering', 'no').send(stream.body);
    },
  );
}

/** A position in the header that `EventSource` sends when it connects again; undefined where it has none. */
function lastEventId({ headers }: FastifyRequest): string | undefined {
  const id = headers['last-event-id'];
  return id === undefined || id === '' ? undefined : validPosition('Last-Event-ID', String(id));
}
