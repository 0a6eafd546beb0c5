import { serviceNames } from '@admit-one/core';
import type { Catalogue } from './metric-row.ts';

/** What every process says of itself. */
export const processMetrics = {
  admit_build_info: {
    kind: 'gauge',
    unit: '1',
    description: 'Always 1; the labels say what runs',
    labels: {
      service: 'the service, or `standalone`',
      version: 'the release',
      node: 'the version of Node.js',
    },
    services: serviceNames,
  },
  nodejs_eventloop_delay_seconds: {
    kind: 'gauge',
    unit: 's',
    description: 'How much later than due the event loop came to its timers in the last 15 to 30 s',
    labels: { statistic: ['p50', 'p99', 'max'] },
    services: serviceNames,
  },
  nodejs_eventloop_utilization_ratio: {
    kind: 'gauge',
    unit: '1',
    description: 'Which part of the time in the last 15 to 30 s the event loop was busy, from 0 to 1',
    labels: {},
    services: serviceNames,
  },
  v8js_gc_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    description: 'Duration of garbage collections, by kind',
    labels: { type: ['minor', 'major', 'incremental', 'weakcb'] },
    services: serviceNames,
    buckets: [0.001, 0.01, 0.1, 1],
  },
  admit_clock_offset_seconds: {
    kind: 'gauge',
    unit: 's',
    description: "How far this machine's clock is ahead of store time; negative where it is behind",
    labels: {},
    services: serviceNames,
  },
} as const satisfies Catalogue;
