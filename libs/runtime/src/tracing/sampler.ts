import type { TracesSampler, TracingConfig } from '@admit-one/config';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';

/** Decides which traces have spans. A decision depends on the trace id alone, so every service decides the same. */
export interface Sampler {
  /** @param parent whether the trace that is continued is sampled; undefined where it begins here */
  isSampled(traceId: string, parent?: boolean): boolean;
}

/** Without a configuration nothing is sampled, and what is continued stays as it is. */
export function createSampler(config: Pick<TracingConfig, 'sampler' | 'ratio'> | null): Sampler {
  if (!config) return { isSampled: (_, parent = false) => parent };
  const { sampler, ratio } = config;
  const byRatio = new TraceIdRatioBasedSampler(ratioOf(sampler, ratio));
  const followsParent = sampler.startsWith('parentbased_');
  const { RECORD_AND_SAMPLED } = SamplingDecision;
  return {
    isSampled(traceId, parent) {
      if (followsParent && parent !== undefined) return parent;
      return byRatio.shouldSample(ROOT_CONTEXT, traceId).decision === RECORD_AND_SAMPLED;
    },
  };
}

function ratioOf(sampler: TracesSampler, ratio: number): number {
  if (sampler.endsWith('always_on')) return 1;
  return sampler.endsWith('always_off') ? 0 : ratio;
}
