import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type IdentityProvider, SLOW_ANSWER_MS, startIdentityProvider } from '@admit-one/testkit';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
// It is loaded by the first fetch, whose deadline is not for that.
import 'undici';
import { fetchJsonObject, isFetchableUrl, isTamperable } from './fetch-json.ts';
import { serve } from './serve.fixture.ts';

let provider: IdentityProvider;

beforeEach(async () => {
  provider = await startIdentityProvider();
});
afterEach(() => provider.close());

function fetchFrom(url: string): Promise<unknown> {
  return fetchJsonObject(url, 'the document');
}

function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}

describe('a JSON object', () => {
  test('is fetched', async () => {
    expect(await fetchFrom(provider.jwksUrl)).toEqual(provider.jwks);
  });

  test.each([
    ['down', /ECONNRESET|socket|other side closed/i],
    ['failing', /the response has status 500$/],
    ['redirecting', /the response has status 302$/],
    ['huge', /the response is longer than 262144 bytes$/],
    ['garbled', /is not JSON$/],
    ['html', /is not JSON$/],
  ] as const)('is not read from a server that is %s', async (mode, why) => {
    provider.behave(mode);
    const error: unknown = await fetchFrom(provider.jwksUrl).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'FetchError', message: expect.stringMatching(why) });
    expect((error as Error).message).toMatch(/^the document cannot be read: /);
  });

  test.each([
    ['status 204', (_, response) => response.writeHead(204).end()],
    ['status 201', (_, response) => response.writeHead(201).end('{}')],
    ['an array', (_, response) => response.end('[]')],
    ['null', (_, response) => response.end('null')],
    ['nothing', (_, response) => response.end()],
    [
      'what is small only when compressed',
      (_, response) =>
        response
          .writeHead(200, { 'content-encoding': 'gzip' })
          .end(gzipSync(`{"a":"${'a'.repeat(300_000)}"}`)),
    ],
    [
      'less than it announced',
      (_, response) => {
        response.writeHead(200, { 'content-length': 100 }).write('{}');
        response.socket?.end();
      },
    ],
  ] satisfies readonly [string, RequestListener][])(
    'is not read from a response with %s',
    async (_, listener) => {
      await expect(fetchFrom(await serve(listener))).rejects.toMatchObject({ name: 'FetchError' });
    },
  );

  test('may be 256 KiB long', async () => {
    const padding = 'x'.repeat(256 * 1024 - '{"padding":""}'.length);
    const url = await serve((_, response) => response.end(JSON.stringify({ padding })));
    expect(await fetchFrom(url)).toEqual({ padding });
  });

  test.each(['silent', 'slow', 'trickling'] as const)(
    'must be complete within three seconds if the server is %s',
    async (mode) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      onTestFinished(() => {
        vi.useRealTimers();
      });
      provider.behave(mode);
      const outcome = fetchFrom(provider.jwksUrl).catch((error: Error) => error.message);
      let settled = false;
      outcome.finally(() => {
        settled = true;
      });
      const interval = 1;
      await vi.waitFor(() => expect(provider.fetches).toBe(1), { interval, timeout: 20_000 });
      await vi.advanceTimersByTimeAsync(2_500);
      expect(settled).toBe(false);
      await vi.advanceTimersByTimeAsync(500);
      expect(await outcome).toBe('the document cannot be read: the response is not complete within 3 s');
      await vi.advanceTimersByTimeAsync(SLOW_ANSWER_MS);
    },
  );

  test.each(['up', 'failing'] as const)('leaves no timer behind if the server is %s', async (mode) => {
    provider.behave(mode);
    const timers = activeTimers();
    await fetchFrom(provider.jwksUrl).catch(() => {});
    expect(activeTimers()).toBeLessThanOrEqual(timers);
  });

  test('is not requested with a password, which no message shows', async () => {
    const { port } = new URL(provider.jwksUrl);
    const error = await fetchFrom(`http://user:hunter2@127.0.0.1:${port}/jwks.json`).catch(
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ name: 'FetchError' });
    expect(inspect(error)).not.toContain('hunter2');
    expect(provider.fetches).toBe(0);
  });
});

test.each([
  ['https://login.example.com/jwks.json', true],
  ['http://127.0.0.1:8080/jwks.json?a=b', true],
  ['https://user:password@login.example.com/', false],
  ['https://user@login.example.com/', false],
  ['file:///etc/passwd', false],
  ['data:application/json,{}', false],
  ['login.example.com/jwks.json', false],
  ['', false],
])('whether %s can be fetched: %s', (url, expected) => {
  expect(isFetchableUrl(url)).toBe(expected);
});

test.each([
  ['https://login.example.com/', false],
  ['http://login.example.com/', true],
  ['http://127.example.com/', true],
  ['http://localhost.example.com/', true],
  ['http://10.0.0.1/', true],
  ['http://localhost:8080/', false],
  ['http://login.localhost/', false],
  ['http://127.0.0.1/', false],
  ['http://127.1/', false],
  ['http://[::1]:80/', false],
  ['login.example.com', false],
])('whether %s can be tampered with on its way: %s', (url, expected) => {
  expect(isTamperable(url)).toBe(expected);
});

describe('a proxy', () => {
  /** A proxy that knows one host; returns its URL, and what it was asked for. */
  async function proxyTo(body: string) {
    const asked: string[] = [];
    const url = await serve(({ method, url: target, headers }, response) => {
      asked.push(`${method} ${target} ${headers['proxy-authorization'] ?? ''}`.trim());
      response.end(body);
    });
    return { url, asked };
  }

  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test.each(['HTTP_PROXY', 'http_proxy'])('of %s is used', async (variable) => {
    const { url, asked } = await proxyTo('{"keys":[]}');
    vi.stubEnv(variable, url.replace('://', '://user:pass@'));
    expect(await fetchJsonObject('http://issuer.invalid/jwks.json', 'the JWK set')).toEqual({ keys: [] });
    const credentials = `Basic ${Buffer.from('user:pass').toString('base64')}`;
    expect(asked).toEqual([`GET http://issuer.invalid/jwks.json ${credentials}`]);
  });

  test('of HTTPS_PROXY tunnels https, and its rejection is an error', async () => {
    const tunnels: (string | undefined)[] = [];
    const server = createServer().on('connect', (request, socket) => {
      tunnels.push(request.url);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    vi.stubEnv('HTTPS_PROXY', `http://user:hunter2@127.0.0.1:${port}`);
    const fetched = fetchJsonObject('https://issuer.invalid/jwks.json', 'the JWK set');
    const error = (await fetched.catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).toMatch(/^the JWK set cannot be read: .*403/);
    expect(error.message).not.toContain('hunter2');
    expect(tunnels).toEqual(['issuer.invalid:443']);
  });

  test('is not used for a host in NO_PROXY', async () => {
    const { url: proxy, asked } = await proxyTo('{}');
    const url = await serve((_, response) => response.end('{"direct":true}'));
    vi.stubEnv('HTTP_PROXY', proxy);
    vi.stubEnv('NO_PROXY', 'other.example,127.0.0.1');
    expect(await fetchJsonObject(url, 'it')).toEqual({ direct: true });
    expect(asked).toEqual([]);
  });
});
