import type { FastifyInstance } from 'fastify';
import type { Logger } from '../logging.ts';
import type { Telemetry } from '../telemetry.ts';

/**
 * Gives every request a trace, a duration in the metrics (with the reason of a rejection), and a line in the debug log.
 * The path is logged without its query.
 */
export function addRequestTelemetry(
  app: Pick<FastifyInstance, 'addHook' | 'decorateRequest'>,
  { telemetry, log }: { telemetry: Telemetry; log: Logger },
): void {
  const duration = telemetry.meter.createHistogram('http_server_request_duration_seconds', {
    description: 'Duration of HTTP requests',
    unit: 's',
    advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
  });

  app.addHook('onRequest', (request, _reply, done) => {
    request.trace = telemetry.startTrace(request.raw);
    done();
  });

  app.addHook('onResponse', (request, reply, done) => {
    const seconds = reply.elapsedTime / 1000;
    const route = request.routeOptions.url ?? 'none';
    duration.record(seconds, {
      'http.request.method': request.method,
      'http.route': route,
      'http.response.status_code': reply.statusCode,
      ...(request.rejectedBecause && { 'error.type': request.rejectedBecause }),
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
    done();
  });
}
