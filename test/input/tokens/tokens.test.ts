import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TokenCheck, TokenError, tokenRejectionOf } from '@admit-one/identity';
import { createSigningKey, type SigningKey } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbedded } from '../../stack/embedded.ts';
import type { Stack } from '../../stack/stack.ts';
import { eventsByTrace } from '../events-by-trace.ts';
import { askRaw, type RawAnswer } from '../raw-request.ts';

let stack: Stack;
let attackersKey: SigningKey;
let attacker: Server;
let fetches = 0;
const presented: string[] = [];

beforeAll(async () => {
  stack = await startEmbedded({ LOG_LEVEL: 'debug' });
  attackersKey = await createSigningKey('ES256');
  attacker = createServer((_request, response) => {
    fetches += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => attacker.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await stack.stop();
  await new Promise((resolve) => attacker.close(resolve));
});

function lure(): string {
  return `http://127.0.0.1:${(attacker.address() as AddressInfo).port}/jwks.json`;
}

/** Asks for a ticket with these header lines. */
function askWith(...lines: readonly string[]): Promise<RawAnswer> {
  return askRaw(stack.tickets, 'POST /api/websocket/ticket HTTP/1.1', [
    ...['Host: test', 'Content-Length: 0'],
    ...lines,
  ]);
}

function sentenceOf(check: TokenCheck): string {
  const claim = { session: 'sessionId', user: 'sub' }[check as string];
  return tokenRejectionOf(new TokenError(check, claim === undefined ? {} : { claim }), 'JWT').detail;
}

async function expectRejected(answer: RawAnswer, data: object): Promise<void> {
  const traceId = answer.problem?.traceId ?? '';
  const rejected = await eventsByTrace(stack, { type: 'admit.issuance.rejected' }, [traceId]);
  expect(rejected.get(traceId)?.map((event) => event.data)).toEqual([
    expect.objectContaining({ ...data, principal: null, count: 1 }),
  ]);
}

async function hs256(): Promise<string> {
  const [, payload] = (await stack.users.token()).split('.');
  const input = `${Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')}.${payload}`;
  const mac = createHmac('sha256', JSON.stringify(stack.users.jwks.keys[0])).update(input);
  return `${input}.${mac.digest('base64url')}`;
}

const now = () => Math.floor(Date.now() / 1000);
const kid = () => stack.users.jwks.keys[0]?.kid;

/** One for each check. `libs/identity/src/forged` has the others. */
const bad: readonly (readonly [what: string, make: () => Promise<string>, check: TokenCheck])[] = [
  ['no token', async () => 'x.y', 'form'],
  ['alg none', async () => `${(await stack.users.token()).split('.').slice(0, 2).join('.')}.`, 'form'],
  ['16 KiB and a byte', async () => 'x'.repeat(16_385), 'size'],
  ['a public key as a secret', hs256, 'algorithm'],
  [
    'the attacker’s key by its URL',
    () => stack.users.token({}, { key: attackersKey, header: { jku: lure(), x5u: lure() } }),
    'key',
  ],
  [
    'the attacker’s key and the kid of another',
    () => stack.users.token({}, { key: attackersKey, header: { kid: kid(), jku: lure() } }),
    'signature',
  ],
  ['the type of a logout token', () => stack.users.token({}, { header: { typ: 'logout+jwt' } }), 'type'],
  ['another issuer', () => stack.users.token({ iss: 'https://issuer.example' }), 'issuer'],
  ['another audience', () => stack.users.token({ aud: 'another' }), 'audience'],
  ['an expiry that is a text', () => stack.users.token({ exp: '9999999999' as never }), 'times'],
  ['an expiry in the past', () => stack.users.token({ exp: now() - 60 }), 'expired'],
  ['an iat ahead', () => stack.users.token({ iat: now() + 60 }), 'early'],
  ['a user with NUL', () => stack.users.token({ sub: 'test\0user' }), 'user'],
  ['an endless session', () => stack.users.token({ sessionId: 's'.repeat(300) }), 'session'],
];

test.each(bad)('%s is rejected with the check that failed', async (_what, make, check) => {
  const token = await make();
  presented.push(token);
  const answer = await askWith(`Authorization: Bearer ${token}`);
  const { problem, headers } = answer;
  expect(problem).toEqual({
    type: 'urn:admit-one:problem:invalid-token',
    title: 'Invalid token',
    status: 401,
    detail: sentenceOf(check),
    code: 'INVALID_TOKEN',
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'www-authenticate': `Bearer error="invalid_token", error_description="${sentenceOf(check)}"`,
  });
  await expectRejected(answer, { reason: 'token_invalid', detail: problem?.detail });
});

test.each(['bearer $token', 'Bearer $token   '])('a token counts in "Authorization: %s"', async (value) => {
  const token = await stack.users.token();
  presented.push(token);
  expect(await askWith(`Authorization: ${value.replace('$token', token)}`)).toMatchObject({ status: 200 });
});

test.each([
  ['nowhere', []],
  ['behind another scheme', ['Authorization: Token $token']],
  ['in a cookie', ['Cookie: access_token=$token; Authorization=Bearer $token']],
  ['in other headers', ['X-Authorization: Bearer $token', 'Proxy-Authorization: Bearer $token']],
  ['as a subprotocol', ['Sec-WebSocket-Protocol: jwt.$token']],
])('a token does not count %s', async (_where, lines) => {
  const token = await stack.users.token();
  presented.push(token);
  const answer = await askWith(...lines.map((line) => line.replaceAll('$token', token)));
  const detail = sentenceOf('missing');
  expect(answer).toMatchObject({ problem: { status: 401, code: 'INVALID_TOKEN', detail } });
  expect(answer.headers).toMatchObject({ 'www-authenticate': 'Bearer' });
  await expectRejected(answer, { reason: 'token_invalid', detail });
});

test('a token does not count beside another', async () => {
  const line = `Authorization: Bearer ${await stack.users.token()}`;
  const detail = 'The request has more than one Authorization header.';
  const answer = await askWith(line, line);
  expect(answer).toMatchObject({ status: 400, problem: { code: 'INVALID_REQUEST', detail } });
  await expectRejected(answer, { reason: 'request_invalid', detail });
});

test('no log line has a part of a token, and nobody fetched the attacker’s keys', () => {
  const logs = stack.logs();
  for (const token of presented)
    for (const part of token.split('.').filter((text) => text.length > 9)) expect(logs).not.toContain(part);
  expect(fetches).toBe(0);
});
