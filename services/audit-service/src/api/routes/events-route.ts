import { Readable } from 'node:stream';
import type { AuditFilter, AuditPage } from '@admit-one/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { queryText } from '../access/query-text.ts';
import { EXPORT_PAGE, exportBody } from '../formats/export-body.ts';
import type { ExportFormat } from '../formats/export-format.ts';
import { csvFormat, type EventShape, ndjsonFormat, shapedEvent } from '../formats/export-formats.ts';
import { type MediaType, negotiateMediaType } from '../formats/negotiate.ts';
import { problems } from '../problems.ts';
import { invalidQuery, readParameters } from '../query/parameters.ts';
import { eventsParameters, querySchema } from '../query/query-schema.ts';
import { isFilterName, readFilter } from '../query/read-filter.ts';
import { exportLimits, pageLimits, readPage } from '../query/read-page.ts';
import { readShape } from '../query/read-shape.ts';
import { EventsPage } from '../schemas.ts';
import { commonSchema, type RouteContext, readsOwnQuery } from './route-context.ts';

const ok = {
  description: 'A page, or an export.',
  content: {
    'application/json': { schema: EventsPage },
    'application/x-ndjson': {
      schema: Type.String({ description: 'One event per line; the last line is no event.' }),
    },
    'text/csv': {
      schema: Type.String({ description: 'One event per record; the last record is no event.' }),
    },
  },
};

/** `GET /api/v1/audit/events`: a page of a search as JSON, or an export as JSON lines or CSV. */
export function addEventsRoute(app: FastifyInstance, context: RouteContext): void {
  const { auditLog, clock, pseudonyms } = context;
  app.get(
    '/api/v1/audit/events',
    {
      ...readsOwnQuery,
      schema: {
        ...commonSchema,
        summary: 'Search and export the audit log',
        querystring: querySchema(eventsParameters),
        response: { 200: ok, ...problems },
      },
    },
    async (request, reply) => {
      reply.header('vary', 'accept');
      const mediaType = negotiateMediaType(request.raw);
      const parameters = readParameters(request.query, eventsParameters, isFilterName);
      const shape = readShape(parameters);
      const filter = pseudonyms.ofFilter(readFilter(parameters, clock.now()));
      const format = exportFormatOf(mediaType, shape);
      // Nothing is read for it, so no access is recorded.
      if (request.method === 'HEAD') return reply.type(format?.contentType ?? mediaType).send();
      if (format)
        return sendExport(context, request, reply, format, filter, readPage(parameters, exportLimits));
      const { events, ...page } = await auditLog.query(filter, readPage(parameters, pageLimits));
      return { events: events.map((event) => shapedEvent(event, shape)), ...page };
    },
  );
}

/** Undefined for a page as JSON. */
function exportFormatOf(mediaType: MediaType, shape: EventShape): ExportFormat | undefined {
  switch (mediaType) {
    case 'application/json':
      return undefined;
    case 'application/x-ndjson':
      return ndjsonFormat(shape);
    case 'text/csv':
      if (shape === 'ocsf')
        throw invalidQuery(
          'format=ocsf must be read as application/json or application/x-ndjson, not as CSV.',
        );
      return csvFormat;
    default:
      throw mediaType satisfies never;
  }
}

/** The first page is read before the response begins, so that an error can still be its status. */
async function sendExport(
  { auditLog, reportAccess, log }: RouteContext,
  request: FastifyRequest,
  reply: FastifyReply,
  format: ExportFormat,
  filter: AuditFilter,
  page: AuditPage,
): Promise<FastifyReply> {
  const { limit } = page;
  const first = await auditLog.query(filter, { ...page, limit: Math.min(EXPORT_PAGE, limit) });
  const gone = new AbortController();
  const sent = { eventCount: 0, complete: false };
  const body = Readable.from(
    exportBody({
      format,
      first,
      limit,
      readNext: (cursor, most) => auditLog.query(filter, { ...page, cursor, limit: most }),
      signal: gone.signal,
      onProgress: (eventCount, complete) => Object.assign(sent, { eventCount, complete }),
    }),
    { objectMode: false },
  );
  body.on('error', (error) => log.error({ err: error, traceId: request.trace.traceId }, 'export_failed'));
  body.once('close', () => {
    gone.abort();
    reportAccess(request, { access: 'export', query: queryText(filter), ...sent });
  });
  return reply.type(format.contentType).send(body);
}
