import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTelemetry } from '@admit-one/runtime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inspectMetrics } from './metrics.ts';

const patient = new AbortController().signal;

/** A process that has counted this many requests. */
async function serveMetrics(count: number | undefined): Promise<URL> {
  const telemetry = createTelemetry({ service: 'test', instance: 'test-1' });
  onTestFinished(() => telemetry.close());
  if (count !== undefined) telemetry.meter.counter('http_untrusted_forwarded_total').add(count);
  const server = await telemetry.serveMetrics(0, '127.0.0.1');
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`);
}

/** A server of something else, with the requests that it received. */
async function serveText(status: number, text: string): Promise<{ url: URL; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    response.writeHead(status).end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`), asked };
}

describe("a process's metrics", () => {
  it('are fine without a header from an untrusted peer', async () => {
    expect(await inspectMetrics(await serveMetrics(0), patient)).toEqual([
      { level: 'ok', message: expect.stringContaining('X-Forwarded-For') },
    ]);
  });

  it('show a proxy that is not listed', async () => {
    const [diagnostic] = await inspectMetrics(await serveMetrics(3), patient);
    expect(diagnostic).toMatchObject({
      level: 'warning',
      message: expect.stringContaining('3 requests'),
      remedy: expect.stringContaining('TRUSTED_PROXIES'),
    });
  });

  it('are summed over all label sets', async () => {
    const name = 'http_untrusted_forwarded_total';
    const { url } = await serveText(200, `# TYPE ${name} counter\n${name}{a="1"} 2\n${name}{a="}"} 40\n`);
    expect(await inspectMetrics(url, patient)).toMatchObject([
      { level: 'warning', message: expect.stringContaining('42 requests') },
    ]);
  });

  it('must be from Admit One', async () => {
    await expect(inspectMetrics(await serveMetrics(undefined), patient)).rejects.toThrow(
      'not from Admit One',
    );
    const { url } = await serveText(404, 'nothing here');
    await expect(inspectMetrics(url, patient)).rejects.toThrow('HTTP 404');
  });

  it('are asked for with the credentials of the URL', async () => {
    const { url, asked } = await serveText(200, 'http_untrusted_forwarded_total 0\n');
    const credentials = Object.assign(new URL(url), { username: 'user', password: 'pass@word' });
    await inspectMetrics(credentials, patient);
    const expected = Buffer.from('user:pass@word').toString('base64');
    expect(asked[0]?.headers.authorization).toBe(`Basic ${expected}`);
  });
});
