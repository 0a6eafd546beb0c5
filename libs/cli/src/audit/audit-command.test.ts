import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { temporaryDirectory } from '@admit-one/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { admit } from '../terminal.fixture.ts';
import { type AuditReply, problem, startAuditServer, TICKET_ID } from './audit-server.fixture.ts';

const found = { events: [{ type: 'admit.ticket.issued' }], next: 'c', scannedTo: 't', end: true };

async function directory(): Promise<string> {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  return path;
}

async function bearerOf(words: readonly string[], env: Readonly<Record<string, string>>): Promise<unknown> {
  const server = await startAuditServer(found);
  const { code, stderr } = await admit(['audit', 'search', '--url', server.url, ...words], { env }).ended;
  expect(code, stderr).toBe(0);
  return server.requests[0]?.headers.authorization;
}

describe('the operator token', () => {
  it('is in the data directory of a local server', async () => {
    const dataDir = await directory();
    await writeFile(join(dataDir, 'operator.token'), 'in-directory\n');
    expect(await bearerOf(['--data-dir', dataDir], {})).toBe('Bearer in-directory');
    expect(await bearerOf([], { DATA_DIR: dataDir })).toBe('Bearer in-directory');
  });

  it('is rather in ADMIT_OPERATOR_TOKEN, and rather in a file that is named', async () => {
    const dataDir = await directory();
    await writeFile(join(dataDir, 'operator.token'), 'in-directory');
    await writeFile(join(dataDir, 'mine'), 'in-file');
    const env = { DATA_DIR: dataDir, ADMIT_OPERATOR_TOKEN: 'in-variable' };
    expect(await bearerOf([], env)).toBe('Bearer in-variable');
    expect(await bearerOf(['--token-file', join(dataDir, 'mine')], env)).toBe('Bearer in-file');
  });

  it.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    [
      'is missing',
      ['--data-dir', '/nowhere'],
      {},
      'There is no operator token: /nowhere/operator.token does not exist',
    ],
    ['is in no such file', ['--token-file', '/nowhere'], {}, '/nowhere cannot be read'],
    ['is none', [], { ADMIT_OPERATOR_TOKEN: 'a\nb' }, 'ADMIT_OPERATOR_TOKEN is not a bearer token'],
  ])('%s: says what to do', async (_name, words, env, message) => {
    const { code, stdout, stderr } = await admit(['audit', 'search', ...words], { env }).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('an error says what to do', () => {
  it.each<[AuditReply, string]>([
    [problem(401, 'INVALID_TOKEN', 'The token has expired.'), 'from ADMIT_OPERATOR_TOKEN. Get a new one'],
    [problem(403, 'INSUFFICIENT_SCOPE', 'No.'), 'says how operators get a scope'],
    [problem(503, 'AUDIT_UNAVAILABLE', 'No answer.'), 'npx @admit-one/cli doctor --service audit-service'],
    [
      problem(400, 'INVALID_REQUEST', 'limit must be >= 1.'),
      'INVALID_REQUEST: limit must be >= 1. (traceId a1)\n',
    ],
    [problem(429, 'RATE_LIMITED', 'Too much.', { 'retry-after': '3600' }), 'RATE_LIMITED: Too much.'],
    [(response) => void response.writeHead(302, { location: 'http://example.com' }).end(), 'HTTP 302'],
    [(response) => void response.writeHead(404).end('nothing'), 'Check that --url is an Admit One server'],
    [(response) => void response.end('{}'), 'is not from Admit One'],
    [(response) => void response.socket?.destroy(), 'closed the connection without an answer'],
  ])('%#', async (reply, message) => {
    const server = await startAuditServer(reply);
    const { code, stdout, stderr } = await server.admit(['search']).ended;
    expect({ code, stdout, requests: server.requests.length }).toEqual({ code: 1, stdout: '', requests: 1 });
    expect(stderr).toContain(message);
  });

  it('where nothing listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    const env = { ADMIT_OPERATOR_TOKEN: 't', AUDIT_URL: `http://127.0.0.1:${port}` };
    const { code, stderr } = await admit('audit search', { env }).ended;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`Nothing listens at http://127.0.0.1:${port}`),
    });
  });

  it.each([
    ['audit.example.com', 'AUDIT_URL is not a URL'],
    ['http://ann:secret@localhost', 'no user name and no password'],
  ])('where AUDIT_URL is %s', async (AUDIT_URL, message) => {
    const { code, stderr } = await admit('audit search', { env: { AUDIT_URL, ADMIT_OPERATOR_TOKEN: 't' } })
      .ended;
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
    expect(stderr).not.toContain('secret');
  });
});

it('waits where the rate limit says for how long', async () => {
  const server = await startAuditServer(
    problem(429, 'RATE_LIMITED', 'Too much.', { 'retry-after': '1' }),
    found,
  );
  const { code, stderr } = await server.admit(['search']).ended;
  expect({ code, requests: server.requests.length }).toEqual({ code: 0, requests: 2 });
  expect(stderr).toContain('trying again in 1 s');
});

it('ends on Ctrl-C', async () => {
  const server = await startAuditServer(() => {});
  const run = server.admit(['search']);
  await expect.poll(() => server.requests.length).toBe(1);
  run.interrupt();
  expect(await run.ended).toMatchObject({ code: 1, stderr: '[admit] Interrupted.\n' });
});

describe('a support code that begins with hyphens', () => {
  it.each(['-hqBqkCwDp', '-_qBqkCwDp', '--qBqkCwDp', `-h${TICKET_ID.slice(2)}`])('%s', async (code) => {
    const server = await startAuditServer({
      kind: 'ticket',
      id: code,
      verdict: 'v',
      stage: 's',
      events: [{}],
    });
    await server.admit(['why', code, '--json']).ended;
    expect(server.requests).toMatchObject([{ path: `tickets/${code}` }]);
  });

  it.each(['--jsn', '--markdwon'])('is not %s', async (option) => {
    const server = await startAuditServer();
    const { code, stderr } = await server.admit(['why', 'u7lqBqkCwD', option]).ended;
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('unknown option') });
  });
});
