import { eventually } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_POLICY, type Fixture, startFixture } from '../ticket-service.fixture.ts';
import type { IssuedTicket } from './issue-ticket.ts';

const ORIGIN = 'https://app.example.com';

let fixture: Fixture;
let binding: Fixture;

beforeAll(async () => {
  const policy = {
    ...DEFAULT_POLICY,
    ttlRules: [
      { route: 'kiosk', seconds: 120 },
      { has: { claim: 'amr', value: 'otp' }, seconds: 60 },
    ],
    requirements: new Map([
      [
        'admin',
        [
          { claim: 'scope', value: 'chat.admin' },
          { claim: 'roles', value: 'admin' },
        ],
      ],
      ['staff', [{ claim: 'roles', value: 'staff' }]],
    ]),
  };
  fixture = await startFixture({ config: { policy } });
  binding = await startFixture({
    config: { policy: { ...DEFAULT_POLICY, bindsOrigin: true, bindsAddress: true } },
  });
});

afterAll(() => Promise.all([fixture.stop(), binding.stop()]));

interface Asked {
  readonly of?: Fixture;
  readonly claims?: Record<string, unknown>;
  readonly body?: object;
}

async function ask({ of = fixture, claims = {}, body = {} }: Asked): Promise<Response> {
  return of.ask(await of.provider.token(claims), {
    headers: { 'content-type': 'application/json', origin: ORIGIN },
    body: JSON.stringify(body),
  });
}

/** The event of a ticket that was issued, and its reply. */
async function issued({ of = fixture, ...asked }: Asked) {
  const response = await ask({ of, ...asked });
  expect(response.status).toBe(200);
  const reply = (await response.json()) as IssuedTicket;
  const event = await eventually(
    () => {
      const found = of.events.find(({ subject }) => subject === reply.ticketId);
      expect(found).toMatchObject({ type: 'admit.ticket.issued' });
      return found!;
    },
    { what: 'the event of the issue' },
  );
  expect(reply.expires_at).toBe(Math.floor(Number(event.data.expiresAt) / 1000));
  return { reply, data: event.data };
}

describe('the lifetime of a ticket', () => {
  test.each([
    [30, 'by default', {}],
    [120, 'of a route', { body: { route: 'kiosk' } }],
    [60, 'for a claim', { claims: { amr: ['pwd', 'otp'] } }],
    [120, 'where two rules apply: the first', { body: { route: 'kiosk' }, claims: { amr: ['otp'] } }],
  ] as const)('is %d seconds %s', async (seconds, _, asked) => {
    const { reply, data } = await issued(asked);
    expect(reply.expiresInSeconds).toBe(seconds);
    expect(Number(data.expiresAt) - Number(data.issuedAt)).toBe(seconds * 1000);
  });
});

describe('a route that needs a claim', () => {
  test.each([
    ['a word of the scope', { scope: 'openid chat.admin' }],
    ['an element of a list', { roles: ['user', 'admin'] }],
  ])('is open to a token with %s', async (_, claims) => {
    expect((await ask({ claims, body: { route: 'admin' } })).status).toBe(200);
  });

  test('is closed to other tokens, in words', async () => {
    const response = await ask({ claims: { scope: 'openid chat' }, body: { route: 'admin' } });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({
      code: 'INSUFFICIENT_SCOPE',
      detail: expect.stringMatching(/route admin needs a token with chat.admin in scope, or admin in roles/),
    });
  });

  test('is closed to their tickets without a route too', async () => {
    const { data } = await issued({ claims: { roles: 'staff' } });
    expect(data.binding).toEqual({ deniedRoutes: ['admin'] });
  });
});

describe('a ticket is bound', () => {
  test.each([
    ['to nothing', {}, undefined],
    ['to an origin that its request names', { origin: 'https://a.example' }, { origin: 'https://a.example' }],
    ['to the address of its request, where that asks', { bindAddress: true }, { address: '127.0.0.1' }],
  ])('%s', async (_, body, expected) => {
    const { data } = await issued({ claims: { roles: ['staff', 'admin'] }, body });
    expect(data.binding).toEqual(expected);
  });

  test('to what the policy says, whatever its request says', async () => {
    const { data } = await issued({
      of: binding,
      body: { origin: 'https://evil.example', bindAddress: false },
    });
    expect(data.binding).toEqual({ origin: ORIGIN, address: '127.0.0.1' });
  });

  test.each([
    ['a path', `${ORIGIN}/chat`],
    ['upper case', 'https://APP.example.com'],
    ['a ticket', `https://${'0123456789abcdef'.repeat(2)}`],
  ])('to no origin with %s', async (_, origin) => {
    expect((await ask({ body: { origin } })).status).toBe(400);
  });
});
