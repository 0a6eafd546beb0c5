import { eventually, openSocket } from '@admit-one/testkit';
import { describe, expect, it } from 'vitest';
import { startEdgeFixture } from '../edge.fixture.ts';

const passing = ['https://app.example.com', 'https://pr-1.preview.example.com', 'capacitor://localhost'];

const blocked = [
  '',
  'null',
  'https://app.example.com.evil.example',
  'https://evilapp.example.com',
  'https://app.example.co',
  'https://app.example.com:8443',
  'https://app.example.com.',
  'https://app.example.com/',
  'http://app.example.com',
  'https://preview.example.com',
  'https://xn--app-example.com',
  'https://\u00e4pp.example.com',
  'https://app.example.com, https://evil.example',
  'app.example.com',
  'capacitor://localhost/',
  'file://',
  '*',
];

describe('an origin', () => {
  it.each(passing)('that is in the list passes: %s', async (origin) => {
    const { ticketUrl } = await startEdgeFixture();
    const raw = await openSocket(await ticketUrl(), { origin });
    expect(await raw.response()).toMatchObject({ status: 101 });
    raw.send({ opcode: 1, payload: 'hello' });
    expect((await raw.next()).payload.toString()).toBe('hello');
    raw.abort();
  });

  it.each(blocked)('that is not in the list is told so, and the ticket stays good: %s', async (origin) => {
    const { ticketUrl, tickets, events } = await startEdgeFixture();
    const raw = await openSocket(await ticketUrl(), { origin });
    expect(await raw.closed).toEqual({ close: { code: 1008, reason: 'ORIGIN_BLOCKED' }, error: null });
    expect(tickets.count('reserve')).toBe(0);
    const rejections = () => events('admit.handshake.rejected');
    await eventually(() => rejections().length === 1, { what: 'the rejection' });
    expect(rejections()[0]?.data).toMatchObject({ reason: 'origin_blocked', context: { origin } });
  });

  it.each(passing)('that occurs twice is invalid: %s', async (origin) => {
    const { ticketUrl } = await startEdgeFixture();
    const raw = await openSocket(await ticketUrl(), { headers: { origin: [origin, origin] } });
    expect((await raw.closed).close).toMatchObject({ code: 1008 });
  });

  it('that is too long is invalid, and the audit log has its beginning', async () => {
    const { ticketUrl, events } = await startEdgeFixture();
    const origin = `https://${'a.'.repeat(5_000)}preview.example.com`;
    const raw = await openSocket(await ticketUrl(), { origin });
    expect((await raw.closed).close).toMatchObject({ code: 1008 });
    const rejections = () => events('admit.handshake.rejected');
    await eventually(() => rejections().length === 1, { what: 'the rejection' });
    const [told = ''] = rejections().map(({ data }) => (data.context as { origin: string }).origin);
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThan(1_000);
    expect(origin.startsWith(told)).toBe(true);
  });

  it('may be missing, as with every client but a browser', async () => {
    const { ticketUrl } = await startEdgeFixture();
    const raw = await openSocket(await ticketUrl());
    expect(await raw.response()).toMatchObject({ status: 101 });
    raw.abort();
  });

  it('may be asked for, and who has none gets an HTTP status', async () => {
    const { ticketUrl } = await startEdgeFixture({ requireOrigin: true });
    const raw = await openSocket(await ticketUrl());
    const { status, body } = await raw.response();
    expect({ status, ...JSON.parse(body) }).toMatchObject({ status: 403, code: 'ORIGIN_BLOCKED' });
  });
});
