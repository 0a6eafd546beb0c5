import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectStory } from '../../stack/audit-log.ts';
import { startEmbedded } from '../../stack/embedded.ts';
import type { Stack } from '../../stack/stack.ts';
import type { Ticket } from '../../stack/visitor.ts';
import { askRaw, type RawAnswer, sendRaw } from '../raw-request.ts';
import { expectSoundLogs } from '../sound-logs.ts';
import { badBodies } from './bad-bodies.ts';
import { malformed, tooLong } from './bad-bytes.ts';
import { badHeads, badTargets } from './bad-heads.ts';

let stack: Stack;
let token: string;

beforeAll(async () => {
  stack = await startEmbedded({ LOG_LEVEL: 'debug' });
  token = await stack.users.token();
});

afterAll(async () => {
  expect((await fetch(`${stack.tickets}/healthz`)).status).toBe(200);
  await stack.stop();
});

function filled(text: string): string {
  return text.replaceAll('$token', token);
}

/** Expects what every answer to a bad request has. */
function expectProblem({ status, headers, problem }: RawAnswer): void {
  expect(headers).toMatchObject({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  expect(problem).toEqual({
    type: `urn:admit-one:problem:${problem?.code.toLowerCase().replaceAll('_', '-')}`,
    title: expect.stringMatching(/^[A-Z][a-z ]+$/),
    status,
    detail: expect.stringMatching(/^[^\n]{10,400}\.$/),
    code: expect.stringMatching(/^[A-Z_]+$/),
    traceId: expect.stringMatching(/^(?!0{32})[0-9a-f]{32}$/),
  });
  expect(JSON.stringify(problem)).not.toMatch(/node_modules|\.ts:\d|\n\s+at |Error:/);
}

describe('a bad request is rejected with what is wrong with it', () => {
  test.each([...badBodies, ...badHeads, ...badTargets])('$what: $status', async (row) => {
    const { line, headers = [], body = '', status, code, detail, answered = {} } = row;
    const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
    const answer = await askRaw(
      stack.tickets,
      filled(line),
      ['Host: test', 'Connection: close', ...headers.map(filled), ...length],
      body,
    );
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(answered);
    if (line.startsWith('HEAD ')) return expect(answer.body).toBe('');
    expectProblem(answer);
    expect(answer.problem).toMatchObject({ code });
    if (typeof detail === 'string') expect(answer.problem?.detail).toBe(detail);
    else expect(answer.problem?.detail).toMatch(detail);
  });
});

describe('what is no request is answered, and its connection ended', () => {
  // The end of the sentence is in the words of Node's parser, which differ from version to version.
  test.each([
    ...malformed.map((row) => [...row, 400, /^This is not a request of HTTP\/1\.1: [\w `'/,-]+\.$/] as const),
    ...tooLong.map(
      (row) => [...row, 431, /^The request line and the headers are larger than 64 KiB\.$/] as const,
    ),
  ])('%s', async (_what, bytes, status, detail) => {
    const answer = await sendRaw(stack.tickets, filled(bytes));
    expectProblem(answer);
    expect(answer).toMatchObject({ status, headers: { connection: 'close' } });
    expect(answer.problem).toMatchObject({ code: 'INVALID_REQUEST', detail: expect.stringMatching(detail) });
  });
});

describe('a request that is odd, and good all the same', () => {
  const POST = 'POST /api/websocket/ticket HTTP/1.1';
  const USER = 'Authorization: Bearer $token';
  const TYPE = 'Content-Type: application/json';

  test.each<[what: string, line: string, headers: readonly string[], body?: string]>([
    ['in absolute form', POST.replace(' /', ' http://test/'), [USER, 'Host: test']],
    ['in absolute form for another host', POST.replace(' /', ' http://evil.example/'), [USER, 'Host: test']],
    ['with a letter in percent-encoding', POST.replace('ticket ', '%74icket '), [USER, 'Host: test']],
    ['with a charset', POST, [USER, 'Host: test', `${TYPE}; charset=utf-8`, 'Content-Length: 2'], '{}'],
    ['with null for a body', POST, [USER, 'Host: test', TYPE, 'Content-Length: 4'], 'null'],
    ['with a slash at the end', POST.replace('ticket ', 'ticket/ '), [USER, 'Host: test']],
    [
      'in chunks',
      POST,
      [USER, 'Host: test', TYPE, 'Transfer-Encoding: chunked'],
      '1;ext=1\r\n{\r\n1\r\n}\r\n0\r\nTrailer: x\r\n\r\n',
    ],
    [
      'with an address that it made up',
      POST,
      [USER, 'Host: test', 'X-Forwarded-For: 6.6.6.6', 'Forwarded: for=6.6.6.6', 'X-Real-IP: 6.6.6.6'],
    ],
  ])('%s', async (_what, line, headers, body) => {
    const answer = await askRaw(stack.tickets, line, headers.map(filled), body);
    expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
    expect(JSON.parse(answer.body)).toMatchObject({ ticket: expect.stringMatching(/^[0-9a-f]{32}$/) });
  });

  test('that waits for a word to go on gets it', async () => {
    const answer = await askRaw(
      stack.tickets,
      POST,
      [filled(USER), 'Host: test', 'Connection: close', 'Expect: 100-continue', TYPE, 'Content-Length: 2'],
      '{}',
    );
    expect(answer).toMatchObject({ status: 100, body: expect.stringMatching(/^HTTP\/1\.1 200 OK\r\n/) });
  });
});

test.each(['6.6.6.6', '127.0.0.1, 6.6.6.6', '::1%lo', '<script>', 'x'.repeat(10_000), ''])(
  'the address %j, which a client made up, is not recorded: the peer is',
  async (address) => {
    const lines = ['Host: test', `Authorization: Bearer ${token}`, `X-Forwarded-For: ${address}`];
    const answer = await askRaw(stack.tickets, 'POST /api/websocket/ticket HTTP/1.1', lines);
    const { ticketId } = JSON.parse(answer.body) as Ticket;
    const [issued] = await expectStory(stack, { ticket: ticketId }, ['admit.ticket.issued']);
    expect(issued?.data.context).toMatchObject({ address: '127.0.0.1' });
  },
);

test('none of it was an outage, nor is any token in the log', () => {
  expectSoundLogs(stack);
  for (const part of token.split('.').slice(1)) expect(stack.logs()).not.toContain(part);
});
