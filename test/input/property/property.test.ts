import { openSocket, within } from '@admit-one/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectStory } from '../../stack/audit-log.ts';
import { issueTicket, routeUrl } from '../../stack/visitor.ts';
import { startEmbedded } from '../../stack/embedded.ts';
import type { Stack } from '../../stack/stack.ts';
import { expectSoundLogs } from '../sound-logs.ts';
import { encoded, signed, startTokenForge, type TokenForge } from '../tokens/token-forge.ts';
import { anyRequest, mutationsOf } from './arbitrary-requests.ts';

/** How long a service may take to end a connection whose client has said all. */
const DEADLINE_MS = 5_000;
/** How long bytes that may or may not be a whole request are given to be answered. */
const PATIENCE_MS = 80;
const RUNS = 150;

let stack: Stack;
let forge: TokenForge;

beforeAll(async () => {
  forge = await startTokenForge();
  stack = await startEmbedded({
    LOG_LEVEL: 'debug',
    JWT_ISSUER: forge.issuer,
    JWT_AUDIENCE: forge.audience,
    JWT_JWKS_URL: forge.jwksUrl,
  });
});

afterAll(async () => {
  await stack.stop();
  await forge.close();
});

/** Sends bytes, and gives the statuses of all that comes back. A client that waits for no answer sends a FIN, and must see the end. */
async function statusesOf(bytes: Uint8Array): Promise<readonly number[]> {
  const socket = await openSocket(stack.tickets, { request: bytes });
  await within(socket.response(), 'an answer', PATIENCE_MS).catch(() => {});
  socket.end();
  await within(socket.closed, 'the end of the connection', DEADLINE_MS);
  const answers = socket.bytes.toString('latin1');
  return [...answers.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}

/** The status of the answer to a whole request. */
async function statusOf(request: Uint8Array): Promise<number> {
  const socket = await openSocket(stack.tickets, { request });
  const { status } = await socket.response();
  socket.abort();
  return status;
}

async function expectHarmless(bytes: Uint8Array): Promise<void> {
  const statuses = await statusesOf(bytes);
  expect(statuses.filter((status) => status >= 500)).toEqual([]);
}

function requestWith(token: string): Buffer {
  const head = ['POST /api/websocket/ticket HTTP/1.1', 'Host: test', `Authorization: Bearer ${token}`];
  return Buffer.from([...head, 'Content-Length: 0', '', ''].join('\r\n'), 'latin1');
}

/** A token without the bits that base64 leaves unused, which no signature covers. */
function canonical(token: string): string {
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return token;
  return token
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('base64url'))
    .join('.');
}

describe('a service neither breaks nor hangs, nor says that it is its own fault', () => {
  test('whatever bytes it is sent', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), expectHarmless), { numRuns: RUNS });
  });

  test('whatever it is asked', async () => {
    await fc.assert(fc.asyncProperty(anyRequest(`Bearer ${forge.token()}`), expectHarmless), {
      numRuns: 2 * RUNS,
    });
  });

  test('whatever an operator asks it', async () => {
    const operator = `Bearer ${await stack.operatorToken()}`;
    await fc.assert(fc.asyncProperty(anyRequest(operator), expectHarmless), { numRuns: 2 * RUNS });
  });

  test('however a good request is changed', async () => {
    const requests = [
      Buffer.from(
        `POST /api/websocket/ticket?route=chat HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${forge.token()}\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"route":"chat"}`,
      ),
      Buffer.from(
        `POST /api/v1/auth/token HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
      ),
      Buffer.from(
        `GET /api/v1/audit/events?from=2026-01-31T12:00:00Z&limit=10&order=desc HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer ${await stack.operatorToken()}\r\n\r\n`,
      ),
      Buffer.from(
        `GET /ws?ticket=${'a'.repeat(32)} HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      ),
    ];
    const changed = fc.constantFrom(...requests).chain(mutationsOf);
    await fc.assert(fc.asyncProperty(changed, expectHarmless), { numRuns: 2 * RUNS });
  });

  test('however a good token is changed: it is refused', async () => {
    const good = forge.token();
    const changed = mutationsOf(Buffer.from(good)).map((bytes) => bytes.toString('latin1'));
    const isAnother = (token: string) =>
      !/[\r\n]/.test(token) && token.length < 12_000 && canonical(token.trim()) !== good;
    await fc.assert(
      fc.asyncProperty(changed.filter(isAnother), async (token) => {
        const status = await statusOf(requestWith(token));
        expect([400, 401, 431]).toContain(status);
      }),
      { numRuns: 2 * RUNS },
    );
  });

  test('whatever an issuer signs', async () => {
    const member = (usual: object) =>
      fc.oneof(
        {
          arbitrary: fc
            .dictionary(
              fc.oneof(fc.constantFrom(...Object.keys(usual), 'crit', 'b64', 'nbf', 'azp'), fc.string()),
              fc.jsonValue(),
              { maxKeys: 4 },
            )
            .map((more) => ({ ...usual, ...more })),
          weight: 5,
        },
        { arbitrary: fc.json().map((text) => text as unknown), weight: 1 },
        {
          arbitrary: mutationsOf(Buffer.from(JSON.stringify(usual))).map((bytes) => bytes as unknown),
          weight: 3,
        },
      );
    const parts = fc.tuple(member(forge.header()), member(forge.claims())) as fc.Arbitrary<[string, string]>;
    await fc.assert(
      fc.asyncProperty(parts, async ([header, payload]) => {
        if (encoded(header).length + encoded(payload).length > 12_000) return;
        const status = await statusOf(requestWith(signed(header, payload, forge.keys.ec)));
        expect([200, 401]).toContain(status);
      }),
      { numRuns: 2 * RUNS },
    );
  });
});

test('it is well after all of that', async () => {
  for (const path of ['/healthz', '/readyz']) expect((await fetch(stack.tickets + path)).status).toBe(200);
  const { ticket, ticketId } = await issueTicket(stack, forge.token());
  const raw = await openSocket(`${routeUrl(stack)}?ticket=${ticket}`);
  expect(await raw.response()).toMatchObject({ status: 101 });
  raw.abort();
  await expectStory(stack, { ticket: ticketId }, [
    'admit.ticket.issued',
    'admit.ticket.reserved',
    'admit.ticket.consumed',
    'admit.connection.closed',
  ]);
  expectSoundLogs(stack);
});
