import type { TracesSampler, TracingConfig } from '@admit-one/config';

/** Decides which traces have spans. A decision depends on the trace id alone, so every service decides the same. */
export interface Sampler {
  /** @param parent whether the trace that is continued is sampled; undefined where it begins here */
  isSampled(traceId: string, parent?: boolean): boolean;
}

/** Without a configuration nothing is sampled, and what is continued stays as it is. */
export function createSampler(config: Pick<TracingConfig, 'sampler' | 'ratio'> | null): Sampler {
  if (!config) return { isSampled: (_, parent = false) => parent };
  const { sampler, ratio } = config;
  const share = ratioOf(sampler, ratio);
  const bound = share === 1 ? 2 ** 32 : Math.floor(share * (2 ** 32 - 1));
  const followsParent = sampler.startsWith('parentbased_');
  return {
    isSampled: (traceId, parent) =>
      followsParent && parent !== undefined ? parent : foldedTraceId(traceId) < bound,
  };
}

/** As OpenTelemetry's `TraceIdRatioBasedSampler` folds it, so that other services with the same share decide the same. */
function foldedTraceId(traceId: string): number {
  let folded = 0;
  for (let at = 0; at < 32; at += 8) folded = (folded ^ Number.parseInt(traceId.slice(at, at + 8), 16)) >>> 0;
  return folded;
}

function ratioOf(sampler: TracesSampler, ratio: number): number {
  if (sampler.endsWith('always_on')) return 1;
  return sampler.endsWith('always_off') ? 0 : ratio;
}
