import { type Figure, keyOf } from './figures.ts';

/** A bound that a figure's median should stay within. */
type Target = Pick<Figure, 'measure' | 'what' | 'of'> & { readonly atMost: number };

const START_MS = 500;

/** What the project promises of its cost. */
export const targets: readonly Target[] = [
  { measure: 'cost', what: 'CPU per admission', of: 'd-echo/c', atMost: 1.15 },
  { measure: 'cost', what: 'CPU per admission', of: 'd-bridge/c', atMost: 1.25 },
  { measure: 'cost', what: 'CPU per admission', of: 'standalone/c', atMost: 2 },
  { measure: 'cost', what: 'events in the stream', of: 'd-echo', atMost: 2 },
  { measure: 'rejections', what: 'CPU per request', of: 'no token/ticket', atMost: 0.3 },
  { measure: 'latency', what: 'upgrade p50', of: 'd-echo/c', atMost: 2 },
  { measure: 'latency', what: 'upgrade p99', of: 'd-echo/c', atMost: 2 },
  { measure: 'idle', what: 'memory of a connection', of: 'd-echo', atMost: 4 },
  { measure: 'idle', what: 'memory of a connection', of: 'd-bridge', atMost: 10 },
  { measure: 'idle', what: 'CPU with connections', of: 'd-bridge', atMost: 1.3 },
  { measure: 'idle', what: 'CPU without connections', of: 'ticket-service', atMost: 0.2 },
  { measure: 'idle', what: 'CPU without connections', of: 'ws-edge', atMost: 0.2 },
  { measure: 'start', what: 'ready after', of: 'ticket-service', atMost: START_MS },
  { measure: 'start', what: 'ready after', of: 'ws-edge', atMost: START_MS },
  { measure: 'start', what: 'ready after', of: 'audit-service', atMost: START_MS },
  { measure: 'start', what: 'ready after', of: 'ticket-service/before', atMost: 0.7 },
  { measure: 'start', what: 'ready after', of: 'ws-edge/before', atMost: 0.7 },
  { measure: 'start', what: 'ready after', of: 'audit-service/before', atMost: 0.7 },
  { measure: 'flat', what: 'CPU per admission', of: 'many/few', atMost: 1.1 },
  { measure: 'limits', what: 'CPU per admission', of: 'on/limits off', atMost: 1.03 },
  { measure: 'limits', what: 'CPU per admission', of: 'on/markers off', atMost: 1.03 },
  { measure: 'scale', what: 'CPU per admission', of: '2/1', atMost: 1.15 },
  { measure: 'scale', what: 'CPU per admission', of: '3/1', atMost: 1.15 },
  { measure: 'reconnect', what: 'wrong rejections', of: 'all', atMost: 0 },
  { measure: 'audit', what: 'ingest of an event', of: 'append/bare', atMost: 2 },
  { measure: 'audit', what: 'slowest search', of: 'p95', atMost: 50 },
];

export interface Verdict {
  readonly figure: string;
  readonly atMost: number;
  readonly median: number;
  readonly unit: Figure['unit'];
  readonly met: boolean;
}

/** Holds what was measured to the targets. */
export function judge(figures: readonly Figure[]): readonly Verdict[] {
  const byKey = new Map(figures.map((figure) => [keyOf(figure), figure]));
  return targets.flatMap((target) => {
    const figure = byKey.get(keyOf(target));
    if (!figure) return [];
    const { median, unit } = figure;
    return [{ figure: keyOf(target), atMost: target.atMost, median, unit, met: median <= target.atMost }];
  });
}
