import type { Catalogue } from './metric-row.ts';

/** What `admit probe` counts in its own process. */
export const probeMetrics = {
  admit_probe_attempts_total: {
    kind: 'counter',
    unit: '1',
    description: 'Attempts of the probe, by `success` or the step that failed',
    labels: { outcome: ['success', 'token', 'ticket', 'upgrade', 'echo', 'close'] },
    services: ['admit-probe'],
  },
  admit_probe_stage_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    description: 'How long each step of an attempt took that succeeded',
    labels: { stage: ['token', 'ticket', 'upgrade', 'echo', 'close'] },
    services: ['admit-probe'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  },
  admit_probe_last_success_timestamp_seconds: {
    kind: 'gauge',
    unit: 's',
    description: 'When all steps last succeeded; 0 before the first time',
    labels: {},
    services: ['admit-probe'],
  },
} as const satisfies Catalogue;
