import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { TraceFlags } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { RandomIdGenerator } from '@opentelemetry/sdk-trace-base';
import { createPeerCheck } from './http/client-address.ts';
import { listen } from './http/listen.ts';
import { createHistogramPoints } from './metrics/histogram-points.ts';
import { createMeter, type Meter } from './metrics/meter.ts';
import { type MetricPoint, metricPointsOf } from './metrics/metric-points.ts';
import { createObservedPoints } from './metrics/observed-points.ts';

/** The trace of a request. Only propagated: no spans are recorded or exported. */
export interface Trace {
  readonly traceId: string;
  /** W3C Trace Context, to pass on. */
  readonly traceparent: string;
  /** The trace of the client's own `traceparent`, which is not continued: the client is not a trusted proxy. */
  readonly linkedTraceId?: string | undefined;
}

export { StartError } from './errors.ts';

export interface Telemetry {
  readonly meter: Meter;
  /**
   * Continues the trace of a trusted proxy's `traceparent`. Starts one where that is missing, invalid or repeated, and for
   * all other clients: a client's header must not choose our trace ids, so it is only linked.
   */
  startTrace(request?: Pick<IncomingMessage, 'headers' | 'socket'>): Trace;
  /** Serves Prometheus metrics at `/metrics`. @throws {StartError} where the port is in use */
  serveMetrics(port: number, host: string): Promise<Server>;
  /** The counters and gauges of this process as of now, as at `/metrics`. */
  collect(): Promise<readonly MetricPoint[]>;
  close(): Promise<void>;
}

export interface TelemetryOptions {
  readonly service: string;
  readonly instance: string;
  /** Addresses and networks whose `traceparent` is continued. */
  readonly trustedProxies?: readonly string[];
}

/** Telemetry of one process. Registers nothing globally, so several can coexist. */
export function createTelemetry({ service, instance, trustedProxies = [] }: TelemetryOptions): Telemetry {
  const isTrusted = createPeerCheck(trustedProxies);
  const resource = resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance });
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const serializer = new PrometheusSerializer('', false, undefined, false, true);
  const [histograms, observed] = [createHistogramPoints(), createObservedPoints()];
  const meters = new MeterProvider({ resource, readers: [exporter] });
  const ids = new RandomIdGenerator();
  let server: Server | undefined;

  let collected: Promise<unknown> = Promise.resolve();

  /** One at a time: what is observed belongs to one collection. A metric that cannot be read is left out. */
  function collect(): Promise<ResourceMetrics> {
    const next = collected.then(async () => {
      const { resourceMetrics } = await exporter.collect();
      return histograms.addTo(observed.only(resourceMetrics));
    });
    collected = next.catch(() => {});
    return next;
  }

  async function writeMetrics(response: ServerResponse): Promise<void> {
    try {
      const text = serializer.serialize(await collect());
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
    } catch {
      response.writeHead(503, { 'content-type': 'text/plain' }).end('The metrics cannot be read\n');
    }
  }

  return {
    meter: createMeter(meters.getMeter('admit-one'), { histograms, observed }),
    startTrace(request) {
      const traceparent = request?.headers.traceparent;
      const sent = typeof traceparent === 'string' ? parseTraceParent(traceparent) : null;
      const parent = sent && request && isTrusted(request) ? sent : null;
      const { traceId, traceFlags } = parent ?? {
        traceId: ids.generateTraceId(),
        traceFlags: TraceFlags.SAMPLED,
      };
      const flags = traceFlags.toString(16).padStart(2, '0');
      return {
        traceId,
        traceparent: `00-${traceId}-${ids.generateSpanId()}-${flags}`,
        linkedTraceId: parent ? undefined : sent?.traceId,
      };
    },
    async serveMetrics(port, host) {
      server = createServer((request, response) => {
        const [path] = (request.url ?? '').split('?', 1);
        if (request.method === 'GET' && (path === '/metrics' || path === '/metrics/'))
          void writeMetrics(response);
        else response.writeHead(404, { 'content-type': 'text/plain' }).end('Metrics are at /metrics\n');
      });
      await listen(server, { port, host, variable: 'METRICS_PORT' });
      return server;
    },
    collect: async () => metricPointsOf(await collect()),
    async close() {
      server?.closeAllConnections();
      await new Promise<void>((resolve) => {
        if (server) server.close(() => resolve());
        else resolve();
      });
      await meters.shutdown();
    },
  };
}

/** The trace id in a `traceparent`; null where it is invalid. */
export function traceIdOf(traceparent: string | null): string | null {
  return parseTraceParent(traceparent ?? '')?.traceId ?? null;
}
