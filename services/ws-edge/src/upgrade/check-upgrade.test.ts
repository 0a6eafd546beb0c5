import { newTicket } from '@admit-one/core';
import { eventually, openSocket, type RawSocketOptions } from '@admit-one/testkit';
import { describe, expect, it } from 'vitest';
import { FRONTEND, startEdgeFixture } from '../edge.fixture.ts';

const ticket = newTicket();
const path = `/ws?ticket=${ticket}`;

interface Case extends RawSocketOptions {
  readonly what: string;
  readonly status: number;
  readonly code: string;
}

const badUpgrade = { status: 400, code: 'BAD_UPGRADE' };

const cases: readonly Case[] = [
  { what: 'another method', method: 'POST', ...badUpgrade },
  { what: 'HTTP/1.0', httpVersion: '1.0', ...badUpgrade },
  { what: 'no Host', headers: { host: null }, ...badUpgrade },
  { what: 'two Hosts', headers: { host: ['a', 'b'] }, ...badUpgrade },
  { what: 'another protocol', headers: { upgrade: 'h2c' }, ...badUpgrade },
  { what: 'several protocols', headers: { upgrade: 'websocket, h2c' }, ...badUpgrade },
  { what: 'a body', headers: { 'content-length': '3' }, pipelined: Buffer.from('abc'), ...badUpgrade },
  {
    what: 'a chunked body',
    headers: { 'transfer-encoding': 'chunked' },
    pipelined: Buffer.from('0\r\n\r\n'),
    ...badUpgrade,
  },
  { what: 'no key', headers: { 'sec-websocket-key': null }, ...badUpgrade },
  { what: 'an empty key', key: '', ...badUpgrade },
  { what: 'a short key', key: Buffer.alloc(15).toString('base64'), ...badUpgrade },
  { what: 'a long key', key: Buffer.alloc(17).toString('base64'), ...badUpgrade },
  { what: 'a key that is not base64', key: `${'!'.repeat(22)}==`, ...badUpgrade },
  { what: 'two keys', headers: { 'sec-websocket-key': ['a', 'b'] }, ...badUpgrade },
  { what: 'version 8', headers: { 'sec-websocket-version': '8' }, status: 426, code: 'BAD_UPGRADE' },
  { what: 'no version', headers: { 'sec-websocket-version': null }, status: 426, code: 'BAD_UPGRADE' },
  {
    what: 'two versions',
    headers: { 'sec-websocket-version': ['13', '8'] },
    status: 426,
    code: 'BAD_UPGRADE',
  },
];

describe('an invalid upgrade', () => {
  it.each(cases)('is rejected: $what', async ({ what: _, status, code, ...options }) => {
    const edge = await startEdgeFixture();
    const raw = await openSocket(edge.url + path, { origin: FRONTEND, ...options });
    const response = await raw.response();
    expect(response).toMatchObject({ status, headers: { 'content-type': 'application/problem+json' } });
    expect(JSON.parse(response.body)).toMatchObject({ status, code });
    expect(response.headers['sec-websocket-version']).toBe(status === 426 ? '13' : undefined);
    expect(response.headers.upgrade).toBe(status === 426 ? 'websocket' : undefined);
    expect(await raw.closed).toEqual({ close: null, error: null });
    await eventually(() => edge.events('admit.handshake.rejected').length === 1, { what: 'its event' });
    expect(edge.tickets.count('reserve')).toBe(0);
  });

  it.each([
    '/',
    '/ws//',
    '/ws/none',
    '/ws/none/',
    '/WS',
    '//ws',
    '/ws/../ws',
    '/ws/ticket',
    '/api/ws/ticket',
    '*',
  ])('to nowhere stops a browser by a close frame, and others by 404: %s', async (target) => {
    const edge = await startEdgeFixture();
    const browser = await openSocket(edge.url + path, { origin: FRONTEND, target });
    expect(await browser.response()).toMatchObject({ status: 101 });
    const reason = 'ROUTE_UNKNOWN There is nothing at this path.';
    expect((await browser.closed).close).toEqual({ code: 4504, reason });
    const program = await openSocket(edge.url + path, { target });
    const { status, body } = await program.response();
    expect([status, JSON.parse(body).code]).toEqual([404, 'ROUTE_UNKNOWN']);
    await eventually(() => edge.events('admit.handshake.rejected').length === 2, { what: 'their events' });
    expect(edge.tickets.count('reserve')).toBe(0);
  });

  it.each(['/ws/', '/ws/chat/', '/api/ws/', '/api/ws/default/', '/%77s', '/ws/ch%61t/', '/api/%77%73'])(
    'is not one with a slash at the end or in percent-encoding: %s',
    async (at) => {
      const edge = await startEdgeFixture();
      const { search } = new URL(await edge.ticketUrl());
      const raw = await openSocket(edge.url, { target: at + search });
      expect(await raw.response()).toMatchObject({ status: 101 });
      raw.abort();
    },
  );

  it('is admitted with as many headers as any request may have', async () => {
    const edge = await startEdgeFixture();
    const headers = { x: Array.from({ length: 195 }, () => 'y') };
    const raw = await openSocket(await edge.ticketUrl(), { headers });
    expect(await raw.response()).toMatchObject({ status: 101 });
    raw.abort();
  });
});

describe('a plain request on a WebSocket path', () => {
  it.each(['/ws', '/ws/', '/ws/chat', '/ws/chat/', '/api/ws', '/api/ws/default/'])(
    'is told what to upgrade to: %s',
    async (at) => {
      const { url } = await startEdgeFixture();
      const raw = await openSocket(url + at, { headers: { upgrade: null, connection: 'close' } });
      const { status, headers, body } = await raw.response();
      expect({ status, headers }).toMatchObject({ status: 426, headers: { upgrade: 'websocket' } });
      expect(JSON.parse(body)).toMatchObject({ code: 'BAD_UPGRADE', traceId: expect.any(String) });
    },
  );

  it.each([
    ['without Upgrade', { upgrade: null }],
    ['without Connection', { connection: null }],
    ['without both, as a proxy leaves it', { upgrade: null, connection: 'close' }],
  ])('is a rejected handshake where it has the key of one: %s', async (_, headers) => {
    const edge = await startEdgeFixture();
    const raw = await openSocket(await edge.ticketUrl(), { headers });
    expect(await raw.response()).toMatchObject({ status: 426 });
    raw.abort();
    await eventually(() => edge.events('admit.handshake.rejected').length === 1, { what: 'its event' });
    expect(edge.events('admit.handshake.rejected')[0]?.data).toMatchObject({
      reason: 'upgrade_required',
      context: { route: 'default', address: '127.0.0.1' },
    });
    expect(edge.logs.named('handshake_rejected')).toHaveLength(1);
    expect(edge.tickets.count('reserve')).toBe(0);
  });

  it('is no handshake without a key', async () => {
    const edge = await startEdgeFixture();
    expect((await fetch(`${edge.url.replace('ws:', 'http:')}/ws`)).status).toBe(426);
    const raw = await openSocket(`${edge.url}/ws/none`);
    expect(await raw.response()).toMatchObject({ status: 404 });
    await eventually(() => edge.events('admit.handshake.rejected').length > 0, { what: 'a later event' });
    expect(edge.events('admit.handshake.rejected')).toMatchObject([{ data: { reason: 'route_unknown' } }]);
  });

  it('is not known where there is no such route', async () => {
    const { url } = await startEdgeFixture();
    expect((await fetch(`${url.replace('ws:', 'http:')}/ws/none`)).status).toBe(404);
  });
});
