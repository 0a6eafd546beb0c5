import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTelemetry, type Telemetry } from '../telemetry.ts';
import { version } from '../version.ts';
import { observeProcess } from './observe-process.ts';

let telemetry: Telemetry;
let stop: () => void;

beforeEach(() => {
  telemetry = createTelemetry({ service: 'test', instance: 'test-1' });
  stop = observeProcess(telemetry.meter, 'standalone');
});
afterEach(async () => {
  stop();
  await telemetry.close();
});

async function read(): Promise<string> {
  const server = await telemetry.serveMetrics(0, '127.0.0.1');
  return (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`)).text();
}

it('says what runs', async () => {
  const labels = `service="standalone",version="${version}",node="${process.versions.node}"`;
  expect(await read()).toContain(`admit_build_info{${labels}} 1\n`);
});

it('shows how late the event loop was, at most and usually', async () => {
  await expect
    .poll(async () => {
      const until = performance.now() + 120;
      while (performance.now() < until);
      const points = await telemetry.collect();
      return points.find(({ labels }) => labels.statistic === 'max')?.value;
    })
    .toBeGreaterThan(0.05);
  const text = await read();
  expect(text).toMatch(/^nodejs_eventloop_delay_seconds\{statistic="p50"\} /m);
  expect(text).toMatch(/^nodejs_eventloop_utilization_ratio (0\.\d+|1)$/m);
});

it('has a histogram of garbage collections, 0 for kinds that did not happen', async () => {
  expect(await read()).toMatch(/^v8js_gc_duration_seconds_bucket\{type="weakcb",le="\+Inf"\} \d+$/m);
});
