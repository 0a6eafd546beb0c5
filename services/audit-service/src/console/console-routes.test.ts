import { gunzipSync } from 'node:zlib';
import { RejectionError } from '@admit-one/runtime';
import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { consoleRoutes } from './console-routes.ts';
import { redirectToConsole } from './redirect-to-console.ts';

const files = {
  html: '<!doctype html><title>console</title>',
  assets: { 'index-1a2b.js': 'export {}', 'index-1a2b.css': 'body {}', 'icon-1a2b.svg': '<svg/>' },
};

async function ask(
  url: string,
  headers: Record<string, string> = {},
  tokenOrigins: readonly string[] = [],
  method: 'GET' | 'HEAD' = 'GET',
) {
  const app = Fastify();
  app.setErrorHandler((error, _request, reply) =>
    reply.code(error instanceof RejectionError && error.reason === 'route_unknown' ? 404 : 500).send('none'),
  );
  await app.register(consoleRoutes(files, async () => tokenOrigins));
  return app.inject({ method, url, headers });
}

test.each(['/console', '/console/search?q=a', '/console/search/any/depth', '/console/assets'])(
  '%s is the page, which no cache keeps',
  async (url) => {
    const { statusCode, headers, body } = await ask(url);
    expect({ statusCode, body }).toEqual({ statusCode: 200, body: files.html });
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
    });
  },
);

test.each([
  ['index-1a2b.js', 'text/javascript; charset=utf-8'],
  ['index-1a2b.css', 'text/css; charset=utf-8'],
  ['icon-1a2b.svg', 'image/svg+xml'],
] as const)('%s is kept for ever', async (name, type) => {
  const { headers, body } = await ask(`/console/assets/${name}`);
  expect(body).toBe(files.assets[name]);
  expect(headers).toMatchObject({
    'content-type': type,
    'cache-control': 'public, max-age=31536000, immutable',
  });
});

test.each(['index-0000.js', '../index-1a2b.js', 'constructor', 'x/index-1a2b.js'])(
  'an asset %s that there is not is not the page',
  async (name) => {
    const { statusCode, body } = await ask(`/console/assets/${encodeURIComponent(name)}`);
    expect({ statusCode, body }).toEqual({ statusCode: 404, body: 'none' });
  },
);

test('a client that takes gzip gets it', async () => {
  for (const [url, text] of [
    ['/console', files.html],
    ['/console/assets/index-1a2b.js', files.assets['index-1a2b.js']],
  ] as const) {
    const { headers, rawPayload } = await ask(url, { 'accept-encoding': 'br, gzip' });
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Origin, Accept-Encoding' });
    expect(gunzipSync(rawPayload).toString()).toBe(text);
    expect((await ask(url, { 'accept-encoding': 'gzip;q=0' })).body).toBe(text);
  }
});

test('HEAD has the headers of GET, and no body', async () => {
  const { statusCode, headers, body } = await ask('/console', {}, [], 'HEAD');
  expect({ statusCode, body, length: headers['content-length'] }).toEqual({
    ...{ statusCode: 200, body: '', length: String(files.html.length) },
  });
});

test('the Content-Security-Policy allows its own server, and the origin of tokens', async () => {
  const policyOf = async (origins: readonly string[]) =>
    String((await ask('/console', {}, origins)).headers['content-security-policy']);
  const own = await policyOf([]);
  expect(own).toMatch(/^default-src 'none';/);
  expect(own).toContain("frame-ancestors 'none'");
  expect(own).not.toMatch(/unsafe|\*|https?:|data:/);
  const withIssuer = await policyOf(['https://id.example.com']);
  expect(withIssuer).toBe(own.replace("connect-src 'self'", "connect-src 'self' https://id.example.com"));
});

test('/ of the audit-service leads there', async () => {
  const app = Fastify();
  await app.register(redirectToConsole);
  const { statusCode, headers } = await app.inject({ url: '/' });
  expect({ statusCode, location: headers.location }).toEqual({ statusCode: 302, location: '/console/' });
});
