import type { IncomingMessage } from 'node:http';
import { eventually, startTraceCollector, type TraceCollector } from '@admit-one/testkit';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { createTelemetry, type Telemetry } from '../telemetry.ts';
import { createSampler } from './sampler.ts';
import { createTraceIdSource, sampledSpanOf } from './traceparent.ts';

const low = '00000000000000000000000000000001';
const high = `ffffffff${'0'.repeat(24)}`;

test.each([
  ['always_on', 0, { high: true, continued: true, unsampled: true }],
  ['always_off', 1, { high: false, continued: false, unsampled: false }],
  ['traceidratio', 0.5, { low: true, high: false, continued: true, unsampled: true }],
  ['parentbased_always_on', 0, { high: true, continued: true, unsampled: false }],
  ['parentbased_always_off', 1, { high: false, continued: true, unsampled: false }],
  ['parentbased_traceidratio', 0.5, { low: true, high: false, continued: true, unsampled: false }],
] as const)('the sampler %s with %d', (sampler, ratio, expected) => {
  const { isSampled } = createSampler({ sampler, ratio });
  const decided = {
    low: isSampled(low),
    high: isSampled(high),
    continued: isSampled(low, true),
    unsampled: isSampled(low, false),
  };
  expect(decided).toMatchObject(expected);
});

const { newTraceId } = createTraceIdSource();

test('a ratio decides as that of other services with OpenTelemetry', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (ratio) => {
      const { isSampled } = createSampler({ sampler: 'traceidratio', ratio });
      const theirs = new TraceIdRatioBasedSampler(ratio);
      const ids = Array.from({ length: 20 }, newTraceId);
      const decisions = ids.map((id) => theirs.shouldSample(ROOT_CONTEXT, id).decision);
      const { RECORD_AND_SAMPLED } = SamplingDecision;
      expect(ids.map((id) => isSampled(id))).toEqual(decisions.map((one) => one === RECORD_AND_SAMPLED));
    }),
  );
});

test('without a sampler nothing new is sampled, and the rest stays as it is', () => {
  const { isSampled } = createSampler(null);
  expect([isSampled(low), isSampled(low, true), isSampled(low, false)]).toEqual([false, true, false]);
});

test.each([
  [`00-${high}-1111111111111111-01`, true],
  [`00-${high}-1111111111111111-03`, true],
  [`00-${high}-1111111111111111-00`, false],
  [`00-${'0'.repeat(32)}-1111111111111111-01`, false],
  ['1', false],
  [null, false],
])('the traceparent %s has a sampled span: %s', (traceparent, sampled) => {
  expect(sampledSpanOf(traceparent) !== undefined).toBe(sampled);
});

describe('spans', () => {
  let collector: TraceCollector;
  let telemetry: Telemetry;
  const failures: unknown[] = [];
  let succeeded = 0;

  beforeEach(async () => {
    vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '10');
    collector = await startTraceCollector();
    failures.length = 0;
    succeeded = 0;
    telemetry = createTelemetry({
      service: 'test',
      instance: 'test-1',
      tracing: { endpoint: `${collector.url}/v1/traces`, sampler: 'parentbased_always_on', ratio: 1 },
      traceExports: {
        failed: (error) => failures.push(error),
        succeeded() {
          succeeded += 1;
        },
      },
    });
  });
  afterEach(async () => {
    await telemetry.close();
    await collector.close();
    vi.unstubAllEnvs();
  });

  it('are exported at the latest when the process stops, with the link to what a stranger sent', async () => {
    const theirs = { traceId: 'c'.repeat(32), spanId: '2'.repeat(16) };
    const request = {
      headers: { traceparent: `00-${theirs.traceId}-${theirs.spanId}-01` },
      socket: { remoteAddress: '192.0.2.1' },
    } as unknown as IncomingMessage;
    const trace = telemetry.startTrace(request, { traceId: low, parentSpanId: '3'.repeat(16) });
    const child = telemetry.tracing?.start('child', { kind: 'client', parent: trace.traceparent });
    child?.end({ answer: 42, sure: true }, 'failed');
    telemetry.endTrace(trace, { name: 'request', startedAt: performance.now() - 5, attributes: {} });
    await telemetry.close();
    const [inner, outer] = collector.spans();
    expect(outer).toMatchObject({
      service: 'test',
      name: 'request',
      traceId: low,
      parentSpanId: '3'.repeat(16),
      kind: 2,
      links: [theirs],
      error: null,
    });
    expect(outer && outer.endedAtNs - outer.startedAtNs >= 5_000_000n).toBe(true);
    expect(outer && Math.abs(Number(outer.endedAtNs / 1_000_000n) - Date.now())).toBeLessThan(60_000);
    expect(inner).toMatchObject({
      name: 'child',
      traceId: low,
      parentSpanId: outer?.spanId,
      kind: 3,
      attributes: { answer: 42, sure: true },
      links: [],
      error: 'failed',
    });
  });

  it('tell how each export went', async () => {
    const send = () => {
      const trace = telemetry.startTrace();
      telemetry.endTrace(trace, { name: 'request', startedAt: performance.now(), attributes: {} });
    };
    collector.answer(400);
    send();
    await eventually(() => failures.length === 1, { what: 'the failure' });
    expect(failures).toEqual([expect.any(Error)]);
    collector.answer(200);
    send();
    await eventually(() => succeeded === 1, { what: 'the success' });
  });
});
