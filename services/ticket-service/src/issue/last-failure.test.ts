import { MAX_EVENT_BYTES, newTicket } from '@admit-one/core';
import { eventually } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Fixture, startFixture } from '../ticket-service.fixture.ts';
import type { IssuedTicket } from './issue-ticket.ts';

const ATTRIBUTES = Array.from({ length: 8 }, (_, n) => `attribute${n}`);

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture({ attributes: ATTRIBUTES });
});

afterAll(() => fixture.stop());

const failure = { code: 1006, reason: 'NETWORK', phase: 'connecting', attempts: 3, at: 1_767_225_600_000 };

async function ask(lastFailure: unknown, claims: Record<string, unknown> = {}, headers: object = {}) {
  return fixture.ask(await fixture.provider.token(claims), {
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ lastFailure }),
  });
}

async function issuedWith(lastFailure: unknown, claims?: Record<string, unknown>, headers?: object) {
  const response = await ask(lastFailure, claims, headers);
  expect(response.status).toBe(200);
  const { ticketId } = (await response.json()) as IssuedTicket;
  return eventually(
    () => {
      const event = fixture.events.find(({ subject }) => subject === ticketId);
      expect(event).toMatchObject({ type: 'admit.ticket.issued' });
      return event!;
    },
    { what: 'the event of the issue' },
  );
}

describe('the last failure that a client tells with its request', () => {
  test('is in the event of the issue', async () => {
    expect((await issuedWith(failure)).data.lastFailure).toEqual(failure);
  });

  test('needs no code and no time', async () => {
    const { at: _, ...told } = { ...failure, code: null, phase: 'token' };
    expect((await issuedWith(told)).data.lastFailure).toEqual(told);
  });

  test('is not in the event where there is none', async () => {
    expect((await issuedWith(undefined)).data).not.toHaveProperty('lastFailure');
  });

  test('is in the log line with its reason alone', async () => {
    await issuedWith({ ...failure, reason: 'GOING_AWAY' });
    expect(fixture.logs.named('ticket_issued').at(-1)).toMatchObject({ lastFailure: 'GOING_AWAY' });
    await issuedWith(undefined);
    expect(fixture.logs.named('ticket_issued').at(-1)).not.toHaveProperty('lastFailure');
  });

  test('brings neither unknown members nor what is invisible into the audit log', async () => {
    const { data } = await issuedWith({ ...failure, reason: 'a\u0000b\u202ec', token: 'x', more: {} });
    expect(data.lastFailure).toEqual({ ...failure, reason: 'a\\u0000b\\u202ec' });
  });

  test('brings no ticket into the audit log or the log', async () => {
    const ticket = newTicket();
    const { data } = await issuedWith({ ...failure, reason: `wss://example.com/ws?ticket=${ticket} failed` });
    expect(data.lastFailure).toMatchObject({ reason: 'wss://example.com/ws?ticket=… failed' });
    expect(fixture.logs.text).not.toContain(ticket);
  });

  test('fits into an event beside the longest token that is read', async () => {
    const claims = {
      sessionId: '漢'.repeat(256),
      sub: '漢'.repeat(256),
      ...Object.fromEntries(ATTRIBUTES.map((name) => [name, 'x'.repeat(450)])),
    };
    const headers = { 'user-agent': '"'.repeat(512) };
    const reason = '\u{e0041}'.repeat(128);
    const event = await issuedWith({ ...failure, reason }, claims, headers);
    const { lastFailure, principal } = event.data as Record<string, object>;
    expect(JSON.stringify(lastFailure).length).toBeGreaterThan(1_600);
    expect(JSON.stringify(principal).length).toBeGreaterThan(4_000);
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(MAX_EVENT_BYTES);
  });

  test.each([
    ['a text', 'failed', /body\/lastFailure must be object/],
    ['nothing in it', {}, /lastFailure must have required property 'code'/],
    ['no reason', { ...failure, reason: undefined }, /required property 'reason'/],
    ['an empty reason', { ...failure, reason: '' }, /lastFailure\/reason must not have fewer than 1/],
    ['too long a reason', { ...failure, reason: 'x'.repeat(129) }, /reason must not have more than 128/],
    ['an object as reason', { ...failure, reason: {} }, /lastFailure\/reason must be string/],
    [
      'a code that is a word',
      { ...failure, code: 'NETWORK' },
      /lastFailure\/code must be either integer or null/,
    ],
    ['a code out of range', { ...failure, code: 65_536 }, /lastFailure\/code must be <= 65535/],
    ['no such phase', { ...failure, phase: 'later' }, /phase must be equal to one of the allowed values/],
    ['less than no attempts', { ...failure, attempts: -1 }, /attempts must be >= 0/],
    ['half an attempt', { ...failure, attempts: 0.5 }, /attempts must be integer/],
    ['a time beyond all dates', { ...failure, at: 8.65e15 }, /lastFailure\/at must be <=/],
  ])('is rejected with %s, in words', async (_, lastFailure, detail) => {
    const response = await ask(lastFailure);
    expect(await response.json()).toMatchObject({
      status: 400,
      code: 'INVALID_REQUEST',
      detail: expect.stringMatching(detail),
    });
  });
});
