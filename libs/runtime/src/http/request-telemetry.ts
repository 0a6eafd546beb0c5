import type { FastifyInstance } from 'fastify';
import type { Logger } from '../logging.ts';
import { httpMethods } from '../metrics/http-metrics.ts';
import type { Telemetry } from '../telemetry.ts';

/** Probes of orchestrators ask for these all the time. */
const UNTRACED: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/**
 * Gives every request a trace, a duration in the metrics (with the reason of a rejection), and a line in the debug log.
 * The path is logged without its query.
 */
export function addRequestTelemetry(
  app: Pick<FastifyInstance, 'addHook' | 'decorateRequest'>,
  { telemetry, log }: { telemetry: Telemetry; log: Logger },
): void {
  // All requests have one shape: what reads them stays fast.
  app.decorateRequest('trace', undefined as never);
  app.decorateRequest('rejectedBecause', undefined);
  const duration = telemetry.meter.histogram('http_server_request_duration_seconds');

  app.addHook('onRequest', (request, _reply, done) => {
    request.trace = telemetry.startTrace(request.raw);
    done();
  });

  app.addHook('onResponse', (request, reply, done) => {
    const seconds = reply.elapsedTime / 1000;
    const route = request.routeOptions.url ?? 'none';
    duration.record(seconds, {
      http_request_method: methodOf(request),
      http_route: route,
      http_response_status_code: `${reply.statusCode}`,
      error_type: request.rejectedBecause ?? '',
    });
    const { traceId, linkedTraceId } = request.trace;
    const facts = {
      method: request.method,
      route,
      status: reply.statusCode,
      seconds,
      traceId,
      linkedTraceId,
    };
    log.debug(facts, 'http_request');
    if (telemetry.tracing && !UNTRACED.has(route)) {
      const { method, rejectedBecause } = request;
      telemetry.endTrace(request.trace, {
        name: `${method} ${route}`,
        startedAt: performance.now() - reply.elapsedTime,
        attributes: {
          'http.request.method': method,
          'http.route': route,
          'http.response.status_code': reply.statusCode,
          ...(rejectedBecause && { 'error.type': rejectedBecause }),
        },
        failure: reply.statusCode >= 500 ? (rejectedBecause ?? 'internal') : undefined,
      });
    }
    done();
  });
}

function methodOf({ method }: { readonly method: string }): (typeof httpMethods)[number] {
  return httpMethods.find((known) => known === method) ?? '_OTHER';
}
