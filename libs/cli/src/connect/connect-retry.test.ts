import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, temporaryDirectory } from '@admit-one/testkit';
import { describe, expect, it } from 'vitest';
import { type AdmitRun, admit } from '../terminal.fixture.ts';
import { type Behaviour, serve, TICKET, TICKET_ID } from './server.fixture.ts';

const unavailable = { status: 503, body: '{"code":"UNAVAILABLE","detail":"Nobody answers."}' };
const RETRY = /\[admit\] retrying in \d+\.\d s, with a fresh ticket\n/;

/** Echoes, except that the first connection is closed. */
function closing(code: number, reason: string): Behaviour['onConnection'] {
  return (socket, number) => {
    if (number === 1) socket.close(code, reason);
    else socket.on('message', (data) => socket.send(`${number}: ${data}`));
  };
}

function whenPrinted(run: AdmitRun, text: string | RegExp): Promise<void> {
  return eventually(() => expect(run.printed.stderr).toMatch(text), { what: String(text) });
}

describe('admit connect, on a terminal', () => {
  it('reports the error of the first attempt, and ends', async () => {
    const { url, seen } = await serve({ rejection: unavailable });
    const { code, stderr } = await admit(`connect --url ${url}`, { isTTY: true }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/\[admit\] UNAVAILABLE: Nobody answers\.\n$/);
    expect(stderr).not.toMatch(RETRY);
    expect(seen).toHaveLength(3);
  });

  it('reconnects with a fresh ticket', async () => {
    const { url, seen } = await serve({ onConnection: closing(1012, 'RECONNECT') });
    const run = admit(`connect --url ${url}`, { isTTY: true });
    await whenPrinted(run, /(connected[\s\S]*){2}/);
    run.stdin.end('hi\n');
    const { code, stdout, stderr } = await run.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: '2: hi\n' });
    expect(stderr).toContain('[admit] closed by the server: 1012 RECONNECT\n[admit] The connection reached');
    expect(stderr).toMatch(RETRY);
    expect(stderr).not.toContain('A client retries');
    expect(seen.filter(({ url: path }) => path === '/api/websocket/ticket')).toHaveLength(2);
    expect(seen.filter(({ url: path }) => path === '/api/v1/auth/token')).toHaveLength(1);
  });

  it('says when it retries, and ends on Ctrl-C', async () => {
    const { url } = await serve({
      onConnection: closing(1013, 'OVERLOADED 60'),
    });
    const run = admit(`connect --url ${url}`, { isTTY: true });
    await whenPrinted(run, /retrying in 60\.\d s/);
    run.interrupt();
    expect(await run.ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/\[admit\] Interrupted\.\n$/),
    });
  });

  it('ends where retrying does not help', async () => {
    const { url } = await serve({ onConnection: closing(4501, 'SESSION_REVOKED') });
    const { code, stderr } = await admit(`connect --url ${url}`, { isTTY: true }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain('retrying does not help');
    expect(stderr).not.toMatch(RETRY);
  });

  it('ends with the connection with --no-reconnect', async () => {
    const { url } = await serve({ onConnection: closing(1012, 'RECONNECT') });
    const { code, stderr } = await admit(`connect --url ${url} --no-reconnect`, { isTTY: true }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/A client retries with a fresh ticket\.\n$/);
  });
});

describe('admit connect, in a pipe', () => {
  it('ends with the first failure, however much input waits', async () => {
    const { url } = await serve({ rejection: unavailable });
    const { code, stderr } = await admit(`connect --url ${url}`, { input: 'hi\n' }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/\[admit\] UNAVAILABLE: Nobody answers\.\n$/);
  });

  it('waits for the server with --reconnect, and then sends the input', async () => {
    const { url, seen } = await serve({
      replies: { '/api/v1/auth/token': [unavailable], '/api/websocket/ticket': [unavailable] },
      rejection: [unavailable],
    });
    const { code, stdout, stderr } = await admit(`connect --url ${url} --reconnect`, { input: 'hi\n' }).ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'hi\n' });
    expect(stderr.match(/UNAVAILABLE: Nobody answers/g)).toHaveLength(1);
    expect(stderr.match(new RegExp(RETRY, 'g'))).toHaveLength(3);
    const sent = seen.filter(({ url: path }) => path === '/api/websocket/ticket').map(({ body }) => body);
    expect(JSON.parse(sent[1] ?? '')).toMatchObject({
      lastFailure: { code: 503, reason: 'UNAVAILABLE', phase: 'ticket' },
    });
    expect(JSON.parse(sent[2] ?? '')).toMatchObject({
      lastFailure: { code: 503, reason: 'UNAVAILABLE', phase: 'connecting' },
    });
  });

  it('does not retry a permanent rejection', async () => {
    const disabled = { status: 403, body: '{"code":"ANONYMOUS_DISABLED","detail":"Off."}' };
    const { url, seen } = await serve({ replies: { '/api/v1/auth/token': disabled } });
    const { code, stderr } = await admit(`connect --url ${url} --reconnect`, { input: 'hi\n' }).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: '[admit] ANONYMOUS_DISABLED: Off.\n' });
    expect(seen).toHaveLength(1);
  });
});

describe('a token that is rejected', () => {
  const invalid = { status: 401, body: '{"code":"INVALID_TOKEN","detail":"Expired."}' };

  it('is read again from its file', async () => {
    const directory = await temporaryDirectory();
    const file = join(directory.path, 'token');
    await writeFile(file, 'old.token.sig');
    const { url, seen } = await serve({
      replies: { '/api/websocket/ticket': [invalid] },
      beforeReply: () => writeFile(file, 'new.token.sig'),
    });
    const run = admit(`connect --url ${url} --token-file ${file} --linger 0`, { input: '' });
    const { code, stderr } = await run.ended;
    expect(stderr).toContain(`[admit] new token from ${file}\n`);
    expect(code).toBe(0);
    expect(seen.map(({ headers }) => headers.authorization).slice(0, 2)).toEqual([
      'Bearer old.token.sig',
      'Bearer new.token.sig',
    ]);
    await directory.remove();
  });

  it('is not requested again where it cannot change', async () => {
    const { url } = await serve({ onConnection: closing(4408, 'SESSION_EXPIRED') });
    const run = admit(`connect --url ${url} --token a.b.c --reconnect`);
    const { code, stderr } = await run.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('[admit] closed by the server: 4408 SESSION_EXPIRED\n');
    expect(stderr).toMatch(/\[admit\] The token from --token has expired\. Provide a new one\.\n$/);
  });
});

describe('a ticket that is rejected', () => {
  const rejection = { status: 401, body: '{"code":"NOT_AUTHORIZED","detail":"Not accepted."}' };
  const status = (state: string, reason?: string) => ({
    status: 200,
    body: JSON.stringify({
      ticketId: TICKET_ID,
      state,
      lastRejection: reason ? { reason, code: 'NOT_AUTHORIZED' } : null,
    }),
  });

  it.each([
    [
      'for a reason',
      status('issued', 'route_mismatch'),
      'the exact reason is route_mismatch: The ticket was',
    ],
    ['on the way', status('issued'), 'did not reach the ticket-service'],
    ['as unknown', status('unknown'), 'the ticket is unknown at the ticket-service'],
  ])('%s is explained by the ticket-service', async (_, reply, explanation) => {
    const { url, seen } = await serve({ rejection, replies: { '/api/websocket/ticket/status': reply } });
    const { code, stderr } = await admit(`connect --url ${url}`, { input: '' }).ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`[admit] NOT_AUTHORIZED: Not accepted.\n[admit] `);
    expect(stderr).toContain(explanation);
    expect(stderr).not.toContain(TICKET);
    expect(JSON.parse(seen.at(-1)?.body ?? '')).toEqual({ ticket: TICKET });
  });

  it('is not explained without a status endpoint', async () => {
    const { url } = await serve({ rejection });
    const { stderr } = await admit(`connect --url ${url}`, { input: '' }).ended;
    expect(stderr).toMatch(/\[admit\] NOT_AUTHORIZED: Not accepted\.\n$/);
  });
});
