import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { admit } from '../terminal.fixture.ts';
import { serve } from './server.fixture.ts';

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('admit connect, rejected', () => {
  const problem = JSON.stringify({
    code: 'INVALID_TOKEN',
    detail: 'The bearer token was not accepted.',
    traceId: '0af7651916cd43dd8448eb211c80319c',
  });
  const line =
    '[admit] INVALID_TOKEN: The bearer token was not accepted. (traceId 0af7651916cd43dd8448eb211c80319c)\n';

  it('shows the problem of an HTTP reply', async () => {
    const { url } = await serve({ replies: { '/api/websocket/ticket': { status: 401, body: problem } } });
    const { code, stderr } = await admit(`connect --url ${url} --token a.b.c`).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: `[admit] token from --token\n${line}` });
  });

  it('shows the problem of a rejected upgrade', async () => {
    const { url } = await serve({ rejection: { status: 401, body: problem } });
    const { code, stderr } = await admit(`connect --url ${url} --token a.b.c`).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`, valid for 30 s\n${line}`);
  });

  it('says what to check where nothing listens', async () => {
    const url = `http://127.0.0.1:${await unusedPort()}`;
    const { code, stderr } = await admit(`connect --url ${url}`).ended;
    expect(code).toBe(1);
    expect(stderr).toBe(`[admit] Nothing listens at ${url}. Start the server (npm start), or check --url.\n`);
  });

  it.each([
    ['another server', 404, '<html>', 'without a problem document. Check that --url is an Admit One server.'],
    ['a strange reply', 200, '[]', 'is not from Admit One. Check --url.'],
    ['an escape sequence', 400, '{"code":"X","detail":"\\u001b[2J"}', 'X: \\u001b[2J'],
  ])('copes with %s', async (_, status, body, message) => {
    const { url } = await serve({ replies: { '/api/v1/auth/token': { status, body } } });
    const { code, stderr } = await admit(`connect --url ${url}`).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\[admit\] .*\n$/);
    expect(stderr).toContain(message);
  });
});

describe('admit connect, closed by the server', () => {
  it.each([
    [1008, 'ORIGIN_BLOCKED', 1, 'retrying does not help'],
    [4501, 'SESSION_REVOKED', 1, 'retrying does not help'],
    [4401, 'NOT_AUTHORIZED', 1, 'retries with a fresh ticket.'],
    [4429, 'RATE_LIMITED 5', 1, 'retries with a fresh ticket, after 5 s.'],
    [1013, 'toString', 1, '[admit] A client retries with a fresh ticket.'],
    [1000, '', 0, 'closed by the server: 1000\n'],
  ])('with %i %s, says so and what a client does', async (closeCode, reason, exitCode, advice) => {
    const { url } = await serve({ onConnection: (socket) => socket.close(closeCode, reason) });
    const { code, stderr } = await admit(`connect --url ${url}`).ended;
    expect(code).toBe(exitCode);
    expect(stderr).toContain(`[admit] closed by the server: ${closeCode} ${reason}`.trimEnd());
    expect(stderr).toContain(advice);
  });

  it('reports a lost connection', async () => {
    const { url } = await serve({ onConnection: (socket) => socket.terminate() });
    const { code, stderr } = await admit(`connect --url ${url}`).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('[admit] connection lost (1006)\n');
  });
});
