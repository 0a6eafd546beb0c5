import type { AlertName } from '@admit-one/observability';
import type { Change } from '../normal-traffic.ts';
import type { Phases } from '../series.ts';

/** Which alerts are notified at a minute, and which fire but are silenced by one of those. `AdmitWatchdog` always fires. */
export type Check = readonly [
  minute: number,
  notified: readonly AlertName[],
  silenced?: readonly AlertName[],
];

/** What happens to an installation with normal traffic, and what its operators hear of it. */
export interface Scenario {
  readonly title: string;
  /** Between two samples. */
  readonly intervalSeconds: number;
  readonly changes: readonly Change[];
  readonly checks: readonly Check[];
}

type Labels = Readonly<Record<string, string>>;

export function does(metric: string, labels: Labels, ...phases: Phases | readonly []): Change {
  return { metric, labels, phases };
}

export const ends = (metric: string) => does(metric, {});
export const slo = (name: string, outcome: 'good' | 'bad', ...phases: Phases) =>
  does('admit_slo_events_total', { slo: name, outcome }, ...phases);
export const unavailable = (...phases: Phases) => slo('availability', 'bad', ...phases);
export const available = (...phases: Phases) => slo('availability', 'good', ...phases);
export const rejected = (reason: string, ...phases: Phases) =>
  does('admit_rejections_total', { reason }, ...phases);
export const consumed = (...phases: Phases) =>
  does('admit_tickets_total', { stage: 'consumed', pathway: 'ticket' }, ...phases);
export const issued = (...phases: Phases) => does('admit_tickets_total', { stage: 'issued' }, ...phases);
export const up = (job: string, dependency: string, ...phases: Phases) =>
  does('admit_dependency_up', { job, dependency }, ...phases);

export const FAST = 15;
export const MINUTE = 60;
export const SLOW = 300;
export const HOURS = 60;
export const DAYS = 24 * HOURS;

/** Whether it goes over so many hours that it is only run by `npm run test:all`. */
export function isLong({ intervalSeconds, checks }: Scenario): boolean {
  return intervalSeconds === SLOW || checks.some(([minute]) => minute >= 3 * HOURS);
}
