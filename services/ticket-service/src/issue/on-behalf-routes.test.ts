import { eventually } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Fixture, startFixture, UNLIMITED } from '../ticket-service.fixture.ts';
import type { IssuedTicket } from './issue-ticket.ts';
import { ON_BEHALF_PATH } from './on-behalf-routes.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture({ config: { limits: { ...UNLIMITED, ticketsPerUser: 3 } } });
});

afterAll(() => fixture.stop());

const backendToken = (scope = 'tickets:issue') => fixture.operators.token({ sub: 'shop-backend', scope });

async function ask(body: object, token?: string): Promise<Response> {
  return fetch(fixture.url + ON_BEHALF_PATH, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token ?? (await backendToken())}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
}

async function issued(body: object) {
  const response = await ask(body);
  expect(response.status).toBe(200);
  const { ticketId } = (await response.json()) as IssuedTicket;
  return eventually(
    () => {
      const event = fixture.events.find(({ subject }) => subject === ticketId);
      expect(event).toMatchObject({ type: 'admit.ticket.issued' });
      return event!.data;
    },
    { what: 'the event of the issue' },
  );
}

describe('a ticket on behalf of a user', () => {
  test('is for whom the backend says, and its event names the backend', async () => {
    const data = await issued({
      ...{ session: 's-1', user: 'ann', attributes: { plan: 'pro' }, route: 'chat' },
      ...{ origin: 'https://shop.example', address: '2001:DB8::1', authTime: 1_700_000_000 },
    });
    expect(data).toMatchObject({
      principal: {
        ...{ issuer: 'backend', session: 's-1', sessionFrom: 'backend', user: 'ann', kid: null },
        ...{ tokenIssuedAt: 1_700_000_000, attributes: { plan: 'pro' } },
      },
      route: 'chat',
      binding: { origin: 'https://shop.example', address: '2001:db8::1' },
      requestedBy: 'shop-backend',
    });
  });

  test('is for a user of a configured issuer, where the backend says so', async () => {
    expect((await issued({ session: 's-2', issuer: 'main' })).principal).toMatchObject({
      issuer: 'main',
      user: null,
    });
  });

  test('is not issued for a session that was revoked since it began', async () => {
    await fixture.decide('POST', 'revocations', { session: 's-4', issuer: 'backend' });
    const response = await ask({ session: 's-4', authTime: 1_700_000_000 });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'SESSION_REVOKED' });
  });

  test('counts for the user, not for the backend', async () => {
    const statusFor = async (user: string) => (await ask({ session: `of ${user}`, user })).status;
    const statuses: number[] = [];
    for (const user of ['bob', 'bob', 'bob', 'bob', 'eve']) statuses.push(await statusFor(user));
    expect(statuses).toEqual([200, 200, 200, 429, 200]);
  });

  test.each([
    ['a token without the scope', 403, 'INSUFFICIENT_SCOPE', () => backendToken('audit:read')],
    ['the token of a user', 401, 'INVALID_TOKEN', () => fixture.provider.token({ scope: 'tickets:issue' })],
  ] as const)('is not issued for %s', async (_, status, code, token) => {
    const response = await ask({ session: 's' }, await token());
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  test.each([
    ['no session', {}],
    ['a blank session', { session: '' }],
    ['a session of several lines', { session: 'a\nb' }],
    ['an unknown issuer', { session: 's', issuer: 'nobody' }],
    ['a misspelled member', { session: 's', rout: 'chat' }],
    ['no address', { session: 's', address: 'localhost' }],
    ['a beginning in the future, or in milliseconds', { session: 's', authTime: Date.now() }],
    ['an attribute of several lines', { session: 's', attributes: { 'a\r\nb': '' } }],
    ['an attribute with a name of 129 characters', { session: 's', attributes: { ['a'.repeat(129)]: '' } }],
    [
      'too many attributes',
      { session: 's', attributes: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [n, ''])) },
    ],
    [
      'too large attributes',
      {
        session: 's',
        attributes: Object.fromEntries(Array.from({ length: 16 }, (_, n) => [n, 'x'.repeat(1_000)])),
      },
    ],
  ])('is not issued with %s', async (_, body) => {
    const response = await ask(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'INVALID_REQUEST' });
  });
});
