import type { AddressInfo } from 'node:net';
import { openSocket } from '@admit-one/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from './listen.ts';
import { createTestServer, type TestServer } from './server.fixture.ts';

const FORWARDED = { 'x-forwarded-for': '198.51.100.7' };

let server: TestServer;
let url: string;

afterEach(() => server.close());

async function serve(options: { trustedProxies?: readonly string[]; upgrades?: boolean } = {}) {
  server = await createTestServer(options);
  await server.app.ready();
  if (options.upgrades) server.app.server.on('upgrade', (_request, socket) => socket.destroy());
  const port = await listen(server.app.server, { port: 0, host: '127.0.0.1', variable: 'PORT' });
  url = `http://127.0.0.1:${port}/openapi.json`;
}

async function counted(): Promise<string | undefined> {
  const metrics = await server.telemetry.serveMetrics(0, '127.0.0.1');
  const { port } = metrics.address() as AddressInfo;
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return /^http_untrusted_forwarded_total(?:\{.*\})? (.+)$/m.exec(text)?.[1];
}

describe('X-Forwarded-For', () => {
  it('of a peer that is not trusted is counted, and warned of once, without what it says', async () => {
    await serve({ trustedProxies: ['10.0.0.0/8'] });
    for (let n = 0; n < 3; n += 1) await fetch(url, { headers: FORWARDED });
    expect(await counted()).toBe('3');
    expect(server.logs.named('untrusted_forwarded_for')).toEqual([
      expect.objectContaining({ severity: 'WARNING', variable: 'TRUSTED_PROXIES', peer: '127.0.0.1' }),
    ]);
    expect(server.logs.text).not.toContain('198.51.100.7');
  });

  it('of a trusted proxy is not counted', async () => {
    await serve({ trustedProxies: ['127.0.0.1'] });
    await fetch(url, { headers: FORWARDED });
    expect({ counted: await counted(), warnings: server.logs.named('untrusted_forwarded_for') }).toEqual({
      counted: '0',
      warnings: [],
    });
  });

  it('that is missing is not counted', async () => {
    await serve();
    await fetch(url);
    expect(await counted()).toBe('0');
  });

  it('of an upgrade is counted where upgrades are handled, even if the handler closes the socket at once', async () => {
    await serve({ upgrades: true });
    const socket = await openSocket(url, { headers: FORWARDED });
    await socket.closed;
    expect(await counted()).toBe('1');
  });

  it('does not keep a server that takes no upgrades from answering one as a request', async () => {
    await serve();
    const socket = await openSocket(url, { headers: FORWARDED });
    expect((await socket.response()).status).toBe(200);
    socket.abort();
    expect(await counted()).toBe('1');
  });
});
