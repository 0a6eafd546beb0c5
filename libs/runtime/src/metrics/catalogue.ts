import { auditMetrics } from './audit-metrics.ts';
import { dependencyMetrics } from './dependency-metrics.ts';
import { edgeMetrics } from './edge-metrics.ts';
import { httpMetrics } from './http-metrics.ts';
import { logMetrics } from './log-metrics.ts';
import type { Catalogue, KnownValues, LabelsOfRow, MetricRow } from './metric-row.ts';
import { probeMetrics } from './probe-metrics.ts';
import { processMetrics } from './process-metrics.ts';
import { ticketMetrics } from './ticket-metrics.ts';

/** Every metric that a service serves. Instruments are made of it, and docs/metrics.md. */
export const metrics = {
  ...logMetrics,
  ...edgeMetrics,
  ...ticketMetrics,
  ...auditMetrics,
  ...httpMetrics,
  ...dependencyMetrics,
  ...processMetrics,
  ...probeMetrics,
} as const;

/** The metrics by where they come from, for documents. */
export const metricGroups: readonly {
  readonly title: string;
  readonly about: string;
  readonly metrics: Catalogue;
}[] = [
  {
    title: 'From the audit log',
    about:
      'What the events in the audit log add up to. Every audit-service serves the same numbers, whatever is delivered again, and `admit audit rebuild` leaves them as they are; so queries take the largest: `max without (instance) (…)`. Counters count from the first event of the log.',
    metrics: logMetrics,
  },
  {
    title: 'Of each ws-edge',
    about: 'What one process counts since its start and sees now. Queries add them up.',
    metrics: edgeMetrics,
  },
  {
    title: 'Of each ticket-service',
    about:
      'Commands are counted by the process that ran them. The outbox and the event stream are shared: every ticket-service shows the same.',
    metrics: ticketMetrics,
  },
  {
    title: 'Of each audit-service',
    about:
      'Its ingest is counted by the process. What the audit log is missing, holds and takes is the same at every audit-service.',
    metrics: auditMetrics,
  },
  {
    title: 'Of every HTTP server',
    about: 'One process counts what its servers, the public and the internal one, receive.',
    metrics: httpMetrics,
  },
  {
    title: 'Of the dependencies of every process',
    about: 'Whether one process reaches its engines and issuers.',
    metrics: dependencyMetrics,
  },
  {
    title: 'Of the probe',
    about: 'What `admit probe --metrics-port` serves from its own process ([probe.md](probe.md)).',
    metrics: probeMetrics,
  },
  { title: 'Of every process', about: 'How Node.js is doing.', metrics: processMetrics },
];

type Metrics = typeof metrics;

export type MetricName = keyof Metrics;

/** The names of the metrics of one kind. */
export type NameOf<Kind extends MetricRow['kind']> = {
  [Name in MetricName]: Metrics[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

/** The labels that a metric has, with their values. */
export type LabelsOf<Name extends MetricName> = LabelsOfRow<Metrics[Name]>;

/** The values of the labels of a metric that the catalogue does not know. */
export type KnownValuesOf<Name extends MetricName> = KnownValues<Metrics[Name]>;

/** The row of a metric, with the catalogue's common type. */
export function metricRow(name: MetricName): MetricRow {
  return metrics[name];
}
