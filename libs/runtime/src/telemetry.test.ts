import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StartError } from './errors.ts';
import { createTelemetry, type Telemetry } from './telemetry.ts';

let telemetry: Telemetry;

beforeEach(() => {
  telemetry = createTelemetry({ service: 'test', instance: 'test-1' });
});
afterEach(() => telemetry.close());

async function serve(of: Telemetry): Promise<string> {
  const server = await of.serveMetrics(0, '127.0.0.1');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('metrics', () => {
  it('are at /metrics, with the name of the service and no suffix that nobody gave', async () => {
    const url = await serve(telemetry);
    telemetry.meter.counter('http_malformed_requests_total').add(2, { status: '400' });
    const response = await fetch(`${url}/metrics`);
    const text = await response.text();
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(text).toMatch(/^http_malformed_requests_total\{status="400"\} 2$/m);
    expect(text).toMatch(/^target_info\{.*service_name="test".*service_instance_id="test-1".*\} 1$/m);
  });

  it.each([
    ['GET', '/'],
    ['GET', '/metrics/../secret'],
    ['POST', '/metrics'],
  ])('are not at %s %s', async (method, path) => {
    expect((await fetch((await serve(telemetry)) + path, { method })).status).toBe(404);
  });

  it('are 0 before anything happens, histograms too', async () => {
    telemetry.meter.counter('admit_connection_pauses_total', { route: ['chat'] });
    const durations = telemetry.meter.histogram('admit_command_duration_seconds');
    const url = await serve(telemetry);
    const text = async () => (await fetch(`${url}/metrics`)).text();
    expect(await text()).toMatch(/^admit_connection_pauses_total\{route="chat"\} 0$/m);
    expect(await text()).toMatch(/^admit_command_duration_seconds_bucket\{command="issue",le="\+Inf"\} 0$/m);
    durations.record(0.003, { command: 'issue' });
    expect((await text()).match(/^admit_command_duration_seconds_count\{.*$/gm)?.sort()).toEqual(
      [
        ['confirm', 0],
        ['exchange', 0],
        ['issue', 1],
        ['redeem', 0],
        ['release', 0],
        ['reserve', 0],
        ['revoke', 0],
      ].map(([command, count]) => `admit_command_duration_seconds_count{command="${command}"} ${count}`),
    );
  });

  it('are read from elsewhere when they are scraped, histograms too, until that is stopped', async () => {
    const url = await serve(telemetry);
    const text = async () => (await fetch(`${url}/metrics`)).text();
    const stop = telemetry.meter.observe(
      ['admit_store_epochs_total', 'admit_upgrade_duration_seconds'],
      (observer) => {
        observer.value('admit_store_epochs_total', 16, {});
        observer.histogram('admit_upgrade_duration_seconds', { counts: [2, 1], sum: 0.5 }, {});
      },
    );
    expect(await text()).toMatch(/^admit_store_epochs_total 16$/m);
    expect(await text()).toMatch(/^# TYPE admit_upgrade_duration_seconds histogram$/m);
    expect(await text()).toMatch(/^admit_upgrade_duration_seconds_bucket\{le="0.05"\} 3$/m);
    expect(await text()).toMatch(/^admit_upgrade_duration_seconds_sum 0.5$/m);
    stop();
    expect(await text()).not.toMatch(/admit_upgrade_duration_seconds|admit_store_epochs_total/);
  });

  it('are missing where they cannot be read any more, also with two readers at once', async () => {
    const url = await serve(telemetry);
    const partitions = ['p00', 'p01'];
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    telemetry.meter.observe(['admit_outbox_events'], async (observer) => {
      await held;
      for (const partition of partitions) observer.value('admit_outbox_events', 1, { partition });
    });
    const [scraped, collected] = [fetch(`${url}/metrics`), telemetry.collect()];
    release();
    expect(await (await scraped).text()).toMatch(/^admit_outbox_events\{partition="p01"\} 1$/m);
    expect(await collected).toHaveLength(2);
    partitions.pop();
    expect(await telemetry.collect()).toEqual([
      { metric: 'admit_outbox_events', labels: { partition: 'p00' }, value: 1 },
    ]);
  });

  it('of two services in a process are kept apart', async () => {
    const other = createTelemetry({ service: 'other', instance: 'other-1' });
    other.meter.counter('admit_http_connections_closed_total').add(1);
    expect(await (await fetch(`${await serve(telemetry)}/metrics`)).text()).not.toContain(
      'admit_http_connections',
    );
    expect(await (await fetch(`${await serve(other)}/metrics`)).text()).toContain(
      'admit_http_connections_closed_total 1',
    );
    await other.close();
  });

  it('name METRICS_PORT where the port is taken, and close all the same', async () => {
    const port = Number(new URL(await serve(telemetry)).port);
    const second = createTelemetry({ service: 'other', instance: 'other-1' });
    await expect(second.serveMetrics(port, '127.0.0.1')).rejects.toThrow(
      new StartError(`Port ${port} is taken. Set METRICS_PORT to a free one, or to 0 for any.`),
    );
    await second.close();
  });

  it('are gone when they are closed', async () => {
    const url = await serve(telemetry);
    await (await fetch(`${url}/metrics`)).text();
    await telemetry.close();
    await expect(fetch(`${url}/metrics`)).rejects.toThrow();
    telemetry = createTelemetry({ service: 'test', instance: 'test-1' });
  });
});

describe('a trace', () => {
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  const from = (traceparent: string | undefined, remoteAddress = '10.0.0.1') =>
    ({ headers: { traceparent }, socket: { remoteAddress } }) as unknown as IncomingMessage;

  beforeEach(() => {
    telemetry = createTelemetry({ service: 'test', instance: 'test-1', trustedProxies: ['10.0.0.0/8'] });
  });

  it("goes on from a trusted proxy's traceparent, with its own span", () => {
    const { traceId, traceparent, linkedTraceId } = telemetry.startTrace(from(parent));
    expect(traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    expect(traceparent).not.toBe(parent);
    expect(linkedTraceId).toBeUndefined();
  });

  it("begins where the traceparent is a stranger's, and is linked to that", () => {
    const { traceId, traceparent, linkedTraceId } = telemetry.startTrace(from(parent, '192.0.2.1'));
    expect(traceparent).toContain(traceId);
    expect(traceparent).not.toContain('0af7651916cd43dd8448eb211c80319c');
    expect(linkedTraceId).toBe('0af7651916cd43dd8448eb211c80319c');
  });

  it.each([undefined, '', 'nonsense', `${parent}-more`, `00-${'0'.repeat(32)}-b7ad6b7169203331-01`])(
    'begins where the traceparent is %j',
    (traceparent) => {
      for (const address of ['10.0.0.1', '192.0.2.1']) {
        const trace = telemetry.startTrace(from(traceparent, address));
        expect(trace.traceparent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]$/);
        expect(trace.traceId).not.toBe('0af7651916cd43dd8448eb211c80319c');
        expect(trace.linkedTraceId).toBeUndefined();
      }
    },
  );
});
