import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHandshake } from '@admit-one/gate';
import { expect, test } from 'vitest';
import { nginxRejectionResponse, passResponse } from './responses.ts';

const deploy = join(import.meta.dirname, '..', '..', '..', '..', 'deploy');

const principal = {
  issuer: 'main',
  session: 's',
  sessionFrom: 'sid',
  user: 'u',
  tokenIssuedAt: 0,
  kid: null,
  attributes: {},
};

test.each([
  'nginx/admit-one/proxy.conf',
  'nginx/admit-one/verify.conf',
  'traefik/dynamic.yml',
  'envoy/envoy.yaml',
])('%s hands on, and takes from clients, every header that says who it is', (file) => {
  const request = {
    target: '/ws',
    headers: { 'sec-websocket-protocol': 'a' },
    address: null,
    traceOf: () => ({ traceId: 'trace', traceparent: null }),
  };
  const handshake = parseHandshake(request, { carriers: [], routeOf: () => null, instance: 'i' });
  const { headers } = passResponse({ kind: 'redeemed', ticketId: 't', principal, handshake });
  const names = Object.keys(headers).filter((name) => name !== 'X-Admit-Protocol');
  expect(names).toHaveLength(8);
  const text = readFileSync(join(deploy, file), 'utf8').toLowerCase().replaceAll('_', '-');
  expect(names.filter((name) => !text.includes(name.toLowerCase()))).toEqual([]);
});

test('a document for nginx is ASCII in a header, whatever is repeated in it', () => {
  const detail = 'The origin "https://b\u00fccher.example\u{1f600}" is not in the list.';
  const rejection = { reason: 'origin_blocked', ticketId: null, detail } as const;
  const { headers } = nginxRejectionResponse(rejection, 'trace');
  expect(headers['X-Admit-Problem']).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(headers['X-Admit-Problem'] ?? '')).toMatchObject({
    status: 403,
    detail,
    traceId: 'trace',
  });
});
