import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { TracingConfig } from '@admit-one/config';
import { createPeerCheck } from './http/client-address.ts';
import { listen } from './http/listen.ts';
import type { Meter } from './metrics/meter.ts';
import { createMetricRegistry } from './metrics/metric-registry.ts';
import { prometheusText } from './metrics/prometheus-text.ts';
import type { OutageLog } from './outage-log.ts';
import { createTracing } from './tracing/create-tracing.ts';
import { createSampler } from './tracing/sampler.ts';
import {
  createTraceIdSource,
  parseTraceparent,
  sampledSpanOf,
  traceparentOf,
} from './tracing/traceparent.ts';
import type { SpanAttributes, SpanIds, Tracing } from './tracing/types.ts';

/** The trace of a request, and the span of the request in it. */
export interface Trace {
  readonly traceId: string;
  /** W3C Trace Context, to pass on. */
  readonly traceparent: string;
  /** The span that the request belongs to: of a trusted proxy, or of the ticket's issue. */
  readonly parentSpanId?: string | undefined;
  /** The trace of the client's own `traceparent`, which is not continued: the client is not a trusted proxy. */
  readonly linkedTraceId?: string | undefined;
  /** The client's span, where it sent one. */
  readonly link?: SpanIds | undefined;
}

/** The ids of a trace that begins here, where they are not random. */
export interface TraceRoot {
  readonly traceId: string;
  /** Of the request itself. */
  readonly spanId?: string;
  /** Of the span that the request belongs to. */
  readonly parentSpanId?: string;
}

/** A request that has ended. */
export interface EndedRequest {
  readonly name: string;
  /** By `performance.now()`. */
  readonly startedAt: number;
  readonly attributes: SpanAttributes;
  readonly failure?: string | undefined;
}

export { StartError } from './errors.ts';

export { traceIdOf } from './tracing/traceparent.ts';

/** The value of one series. */
export interface MetricPoint {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Telemetry {
  readonly meter: Meter;
  /** Records spans; null where traces are not exported. */
  readonly tracing: Tracing | null;
  /**
   * Continues the trace of a trusted proxy's `traceparent`. Starts one where that is missing, invalid or repeated, and for
   * all other clients: a client's header must not choose our trace ids, so it is only linked.
   * @param root the ids of a new trace; random by default
   */
  startTrace(request?: Pick<IncomingMessage, 'headers' | 'socket'>, root?: TraceRoot | null): Trace;
  /** Records the span of a request, where its trace is sampled. */
  endTrace(trace: Trace, request: EndedRequest): void;
  /** Serves Prometheus metrics at `/metrics`. @throws {StartError} where the port is in use */
  serveMetrics(port: number, host: string): Promise<Server>;
  /** The counters and gauges of this process as of now, as at `/metrics`; no histograms. */
  collect(): Promise<readonly MetricPoint[]>;
  close(): Promise<void>;
}

export interface TelemetryOptions {
  readonly service: string;
  readonly instance: string;
  /** Addresses and networks whose `traceparent` is continued. */
  readonly trustedProxies?: readonly string[];
  /** Which traces to export; null for none. */
  readonly tracing?: TracingConfig | null;
  /** Told how each export of traces went. */
  readonly traceExports?: OutageLog;
}

const SILENT: OutageLog = { failed() {}, succeeded() {} };

/** Telemetry of one process. Registers nothing globally, so several can coexist. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { service, instance, trustedProxies = [], tracing: config = null, traceExports = SILENT } = options;
  const isTrusted = createPeerCheck(trustedProxies);
  const { meter, collect } = createMetricRegistry();
  const sampler = createSampler(config);
  const { newTraceId, newSpanId } = createTraceIdSource();
  const tracing = config && createTracing({ config, service, instance, exports: traceExports });
  const target = { service_name: service, service_instance_id: instance };
  let server: Server | undefined;

  async function writeMetrics(response: ServerResponse): Promise<void> {
    const text = prometheusText(target, await collect());
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
  }

  return {
    meter,
    tracing,
    startTrace(request, root) {
      const header = request?.headers.traceparent;
      const sent = typeof header === 'string' ? parseTraceparent(header) : null;
      const parent = sent && request && isTrusted(request) ? sent : null;
      const traceId = parent?.traceId ?? root?.traceId ?? newTraceId();
      const spanId = (parent ? undefined : root?.spanId) ?? newSpanId();
      return {
        traceId,
        traceparent: traceparentOf({ traceId, spanId }, sampler.isSampled(traceId, parent?.isSampled)),
        parentSpanId: parent ? parent.spanId : root?.parentSpanId,
        linkedTraceId: parent ? undefined : sent?.traceId,
        link: parent ? undefined : (sent ?? undefined),
      };
    },
    endTrace({ traceparent, parentSpanId, link }, { name, startedAt, attributes, failure }) {
      const own = tracing && sampledSpanOf(traceparent);
      if (!own) return;
      const span = {
        name,
        kind: 'server',
        ids: own,
        parentSpanId,
        link,
        startedAt,
        attributes,
        failure,
      } as const;
      tracing.record({ ...span, endedAt: performance.now() });
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
    async collect() {
      const metrics = await collect();
      return metrics.flatMap(({ name: metric, series }) =>
        series.flatMap(({ labels, value }) => (typeof value === 'number' ? [{ metric, labels, value }] : [])),
      );
    },
    async close() {
      server?.closeAllConnections();
      await new Promise<void>((resolve) => {
        if (server) server.close(() => resolve());
        else resolve();
      });
      await tracing?.close();
    },
  };
}
