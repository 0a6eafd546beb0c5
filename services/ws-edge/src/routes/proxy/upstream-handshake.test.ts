import { connect, eventually, openSocket } from '@admit-one/testkit';
import { describe, expect, it } from 'vitest';
import { type EdgeFixture, FRONTEND } from '../../edge.fixture.ts';
import { type Answer, startProxyFixture, startUpstream } from './upstream.fixture.ts';

const status =
  (line: string): Answer =>
  (socket) =>
    socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\n\r\n`);

async function rejectionOf(edge: EdgeFixture) {
  await eventually(() => edge.events('admit.handshake.rejected').length === 1, { what: 'the rejection' });
  await eventually(() => edge.events('admit.ticket.released').length === 1, { what: 'the release' });
  expect(edge.events('admit.ticket.released')[0]?.data).toMatchObject({ why: 'upstream_failed' });
  return edge.events('admit.handshake.rejected')[0]?.data;
}

const unavailable = {
  status: 503,
  headers: { 'retry-after': '1' },
  problem: { code: 'UPSTREAM_UNAVAILABLE' },
};
const rejected = { status: 403, problem: { code: 'UPSTREAM_REJECTED' } };

describe('a handshake with the upstream that fails', () => {
  it.each([
    ['a broken connection', (socket) => socket.destroy(), unavailable, /hang up|ECONNRESET/],
    ['502', status('502 Bad Gateway'), unavailable, /status 502/],
    ['a redirect', status('302 Found\r\nLocation: ws://127.0.0.1:1/'), unavailable, /status 302/],
    ['200', status('200 OK'), unavailable, /status 200/],
    ['no HTTP', (socket) => socket.end('hello\r\n\r\n'), unavailable, /Parse Error/],
    ['400', status('400 Bad Request'), rejected, /status 400/],
    ['401', status('401 Unauthorized'), rejected, /status 401/],
    ['403', status('403 Forbidden'), rejected, /status 403/],
  ] satisfies readonly [string, Answer, object, RegExp][])(
    'costs no ticket: %s',
    async (_, answer, error, cause) => {
      const upstream = await startUpstream((upgrade) => (upgrade === 1 ? answer : 'accept'));
      const edge = await startProxyFixture(upstream.url);
      const url = await edge.ticketUrl();
      await expect(connect(url)).rejects.toMatchObject(error);
      const reason = error === rejected ? 'upstream_rejected' : 'upstream_failed';
      expect(await rejectionOf(edge)).toMatchObject({ reason, principal: { session: 's-1' } });
      expect(edge.logs.named('handshake_rejected')).toMatchObject([
        { reason, err: { message: expect.stringMatching(cause) } },
      ]);
      expect(await edge.metrics()).toContain(
        `admit_upstream_handshake_duration_seconds_count{route="default",outcome="${reason}"} 1`,
      );
      const client = await connect(url);
      client.socket.send('again');
      expect(await client.next()).toBe('again');
      expect(upstream.upgrades).toBe(2);
    },
  );

  it('is told to a browser whom the upstream rejects', async () => {
    const upstream = await startUpstream(() => status('403 Forbidden'));
    const edge = await startProxyFixture(upstream.url);
    const client = await connect(await edge.ticketUrl(), { origin: FRONTEND });
    expect(await client.closed).toMatchObject({
      code: 4505,
      reason: expect.stringMatching(/^UPSTREAM_REJECTED/),
    });
  });

  it('is the fault of a client whose subprotocols the upstream does not speak', async () => {
    const upstream = await startUpstream(() => 'accept', ['mqtt']);
    const edge = await startProxyFixture(upstream.url);
    const { ticket } = await edge.tickets.issue();
    const protocols = ['other', `ticket.${ticket}`];
    await expect(connect(`${edge.url}/ws`, { protocols })).rejects.toMatchObject(rejected);
    expect(await rejectionOf(edge)).toMatchObject({ reason: 'upstream_rejected' });
  });

  it('ends in time where the upstream is silent', async () => {
    const upstream = await startUpstream(() => () => {});
    const edge = await startProxyFixture(upstream.url, {}, { handshakeMs: 100 });
    await expect(connect(await edge.ticketUrl())).rejects.toMatchObject(unavailable);
    expect(await rejectionOf(edge)).toMatchObject({ reason: 'upstream_failed' });
  });

  it('fails where nobody listens', async () => {
    const edge = await startProxyFixture('ws://127.0.0.1:1/');
    await expect(connect(await edge.ticketUrl())).rejects.toMatchObject(unavailable);
    expect(await rejectionOf(edge)).toMatchObject({ reason: 'upstream_failed' });
  });
});

describe('a connection to the upstream', () => {
  it('is ended where the client is gone before the 101, and its ticket is given back', async () => {
    const upstream = await startUpstream();
    const edge = await startProxyFixture(upstream.url);
    const held = edge.tickets.hold('reserve');
    const raw = await openSocket(await edge.ticketUrl());
    await held.reached;
    raw.end();
    await raw.closed;
    held.letGo();
    const accepted = await upstream.next();
    expect(await accepted.closed).toEqual({ code: 1006, reason: '' });
    await eventually(() => edge.events('admit.ticket.released').length === 1, { what: 'the release' });
    expect(edge.events('admit.ticket.released')[0]?.data).toMatchObject({ why: 'client_gone' });
  });

  it('is ended where the ticket is not confirmed', async () => {
    const upstream = await startUpstream();
    const edge = await startProxyFixture(upstream.url);
    edge.tickets.answer('confirm', { kind: 'rejected', now: 0, reason: 'reservation_lost', recorded: true });
    const client = await connect(await edge.ticketUrl());
    expect(await client.closed).toMatchObject({ code: 4409 });
    expect(await (await upstream.next()).closed).toEqual({ code: 1006, reason: '' });
    expect(edge.edge.connections()).toBe(0);
  });
});
