import {
  constants,
  type IntervalHistogram,
  monitorEventLoopDelay,
  PerformanceObserver,
  performance,
} from 'node:perf_hooks';
import { version } from '../version.ts';
import type { LabelsOf } from './catalogue.ts';
import type { Meter } from './meter.ts';

/** How far apart the looks at the event loop are. Each wakes up the process. */
const RESOLUTION_MS = 100;
/** What is shown is of one to two spans, however often it is read. */
const SPAN_MS = 15_000;
const NS = 1e9;

type Statistic = LabelsOf<'nodejs_eventloop_delay_seconds'>['statistic'];

interface Delays extends Readonly<Record<Statistic, number>> {}

const gcKinds: Readonly<Record<number, LabelsOf<'v8js_gc_duration_seconds'>['type']>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};

/** Measures this process: what runs, its event loop and its garbage collections. Returns a function that stops it. */
export function observeProcess(meter: Meter, service: string): () => void {
  const stopLoop = observeEventLoop(meter);
  const stopCollections = observeGarbageCollection(meter);
  const stopBuild = meter.observe(['admit_build_info'], (observer) =>
    observer.value('admit_build_info', 1, { service, version, node: process.versions.node }),
  );
  return () => {
    stopLoop();
    stopCollections();
    stopBuild();
  };
}

function observeEventLoop(meter: Meter): () => void {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let before: Delays | undefined;
  let beganAt = performance.eventLoopUtilization();
  let spanBeganAt = beganAt;

  const spans = setInterval(() => {
    before = delaysOf(histogram);
    histogram.reset();
    beganAt = spanBeganAt;
    spanBeganAt = performance.eventLoopUtilization();
  }, SPAN_MS);
  spans.unref();

  const stop = meter.observe(
    ['nodejs_eventloop_delay_seconds', 'nodejs_eventloop_utilization_ratio'],
    (observer) => {
      const now = delaysOf(histogram);
      for (const statistic of Object.keys(now) as Statistic[]) {
        const seconds = Math.max(now[statistic], before?.[statistic] ?? 0);
        observer.value('nodejs_eventloop_delay_seconds', seconds, { statistic });
      }
      const { utilization } = performance.eventLoopUtilization(performance.eventLoopUtilization(), beganAt);
      observer.value('nodejs_eventloop_utilization_ratio', utilization, {});
    },
  );
  return () => {
    stop();
    clearInterval(spans);
    histogram.disable();
  };
}

/** The histogram has the time from look to look: what is beyond their distance is the delay. */
function delaysOf(histogram: IntervalHistogram): Delays {
  const secondsOf = (nanoseconds: number) => Math.max(0, nanoseconds / NS - RESOLUTION_MS / 1000) || 0;
  return {
    p50: secondsOf(histogram.percentile(50)),
    p99: secondsOf(histogram.percentile(99)),
    max: histogram.count === 0 ? 0 : secondsOf(histogram.max),
  };
}

/** What the types of Node 20 lack. */
interface GcEntry {
  readonly detail: { readonly kind: number };
}

function observeGarbageCollection(meter: Meter): () => void {
  const duration = meter.histogram('v8js_gc_duration_seconds');
  const collections = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind } = (entry as unknown as GcEntry).detail;
      const type = gcKinds[kind];
      if (type) duration.record(entry.duration / 1000, { type });
    }
  });
  collections.observe({ entryTypes: ['gc'] });
  return () => collections.disconnect();
}
