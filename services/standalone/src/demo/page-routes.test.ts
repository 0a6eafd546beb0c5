import Fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { pageRoutes, prefersHtml } from './page-routes.ts';

const page = { html: '<!doctype html>', script: 'export {}', style: 'body {}', icon: '<svg/>' };

async function get(url: string, accept?: string) {
  const app = Fastify();
  await app.register(pageRoutes(page, { name: 'Admit One' }));
  return app.inject({ url, headers: accept === undefined ? {} : { accept } });
}

describe('prefersHtml', () => {
  test.each([
    ['text/html', true],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8', true],
    ['Text/HTML; charset=utf-8 , */*', true],
    ['application/json;q=0.9, text/html', true],
    ['application/json, text/html;q=0.9', false],
    ['text/html;q=0', false],
    ['text/html;q=nonsense', false],
    ['application/json', false],
    ['*/*', false],
    ['', false],
    [undefined, false],
  ])('%j: %s', (accept, expected) => expect(prefersHtml(accept)).toBe(expected));
});

test('/ is the page for browsers and the index for all other clients', async () => {
  const html = await get('/', 'text/html');
  expect(html.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(html.body).toBe(page.html);
  for (const accept of [undefined, '*/*', 'application/json']) {
    const json = await get('/', accept);
    expect(json.json()).toEqual({ name: 'Admit One' });
    expect(json.headers.vary).toContain('Accept');
  }
});

test('the Content-Security-Policy allows the page its own server only', async () => {
  const { headers } = await get('/', 'text/html');
  const policy = String(headers['content-security-policy']);
  expect(policy).toMatch(/^default-src 'none';/);
  expect(policy).not.toMatch(/unsafe|\*|https?:|data:/);
});

test.each([
  ['/demo/page.js', 'text/javascript; charset=utf-8', page.script],
  ['/demo/page.css', 'text/css; charset=utf-8', page.style],
  ['/demo/icon.svg', 'image/svg+xml', page.icon],
])('%s is %s', async (url, type, body) => {
  const reply = await get(url);
  expect(reply.headers['content-type']).toBe(type);
  expect(reply.body).toBe(body);
});
