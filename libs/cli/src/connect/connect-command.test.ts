import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, temporaryDirectory } from '@admit-one/testkit';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { admit } from '../terminal.fixture.ts';
import { ANONYMOUS_TOKEN, type Behaviour, serve, TICKET, TICKET_ID } from './server.fixture.ts';

describe('admit connect', () => {
  it('gets a token and a ticket, connects, and prints each reply before it ends', async () => {
    const { url, seen } = await serve();
    const { ended } = admit(`connect --url ${url} --route echo`, { input: 'hi\nthere\n' });
    expect(await ended).toEqual({
      code: 0,
      stdout: 'hi\nthere\n',
      stderr: [
        '[admit] token of a new anonymous session, session-1',
        `[admit] ticket ${TICKET_ID}, valid for 30 s`,
        `[admit] connected to ${url.replace('http', 'ws')}/ws/echo, protocol admit.v1`,
        '[admit] closed',
        '',
      ].join('\n'),
    });
    const [token, ticket, upgrade] = seen;
    expect(token).toMatchObject({ method: 'POST', url: '/api/v1/auth/token' });
    expect(ticket).toMatchObject({
      method: 'POST',
      url: '/api/websocket/ticket',
      headers: { authorization: `Bearer ${ANONYMOUS_TOKEN}` },
      body: expect.stringMatching(/^\{"route":"echo","client":"admit-one\/[0-9.]+"\}$/),
    });
    expect(upgrade).toMatchObject({
      url: '/ws/echo',
      headers: { 'sec-websocket-protocol': `admit.v1.heartbeat,admit.v1,ticket.${TICKET}` },
    });
    expect(upgrade?.headers).not.toHaveProperty('origin');
  });

  it('waits for replies after the end of the input, as long as --linger says', async () => {
    const asked: WebSocket[] = [];
    const { url } = await serve({
      onConnection: (socket) => socket.once('message', () => asked.push(socket)),
    });
    const run = admit(`connect --url ${url} --linger 60000`, { input: 'a question' });
    await eventually(() => asked.length === 1, { what: 'the question' });
    asked[0]?.send('an answer');
    await eventually(() => expect(run.printed.stdout).toBe('an answer\n'), { what: 'the answer' });
    run.interrupt();
    expect((await run.ended).code).toBe(0);
  });

  it('prints what the server sends before it answers the close', async () => {
    const { url } = await serve();
    const input = Array.from({ length: 1000 }, (_, n) => `${n}\n`).join('');
    const { stdout } = await admit(`connect --url ${url} --linger 0`, { input }).ended;
    expect(stdout).toBe(input);
  });

  it('sends the ticket in the query with --carrier, and never shows it', async () => {
    const { url, seen } = await serve();
    const { ended } = admit(
      `connect --url ${url}/ --carrier query --origin https://app.example.com --linger 0 --verbose`,
      {
        input: '',
      },
    );
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(seen.at(-1)).toMatchObject({
      url: `/ws?ticket=${TICKET}`,
      headers: { origin: 'https://app.example.com' },
    });
    expect(seen.at(-1)?.headers).not.toHaveProperty('sec-websocket-protocol');
    expect(stderr).toMatch(/POST \S+\/api\/websocket\/ticket answered 201 in \d+ ms/);
    expect(stderr).not.toContain(TICKET);
    expect(stderr).not.toContain(ANONYMOUS_TOKEN);
  });

  it('keeps the path of --url', async () => {
    const { url } = await serve({
      replies: {
        '/live/api/v1/auth/token': { status: 403, body: '{"code":"ANONYMOUS_DISABLED","detail":"Off."}' },
      },
    });
    const { stderr } = await admit(`connect --url ${url}/live`).ended;
    expect(stderr).toBe('[admit] ANONYMOUS_DISABLED: Off.\n');
  });

  it('stays connected while the input is open, and ends cleanly on Ctrl-C', async () => {
    const { url } = await serve();
    const run = admit(`connect --url ${url}`);
    run.stdin.write('one\n');
    await eventually(() => expect(run.printed.stdout).toBe('one\n'), { what: 'the echo of a typed line' });
    run.interrupt();
    expect(await run.ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/\[admit\] closed\n$/) });
  });

  it('ends a handshake on Ctrl-C', async () => {
    const { url, seen } = await serve({ silent: true });
    const run = admit(`connect --url ${url}`);
    await eventually(() => seen.length === 3, { what: 'the upgrade' });
    run.interrupt();
    expect(await run.ended).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/\[admit\] Interrupted\.\n$/),
    });
  });

  it('escapes messages on a terminal, and not in a pipe', async () => {
    const onConnection: Behaviour['onConnection'] = (socket) => {
      socket.send('\u001b]0;title\u0007 two\nlines');
      socket.send(Buffer.of(1, 2, 3));
      socket.close(1000);
    };
    const { url } = await serve({ onConnection });
    const piped = await admit(`connect --url ${url}`).ended;
    expect(piped.stdout).toBe('\u001b]0;title\u0007 two\nlines\n[binary, 3 bytes] AQID\n');
    const shown = await admit(`connect --url ${url}`, { isTTY: true }).ended;
    expect(shown.stdout).toBe('\\u001b]0;title\\u0007 two\\nlines\n[binary, 3 bytes] AQID\n');
  });
});

describe('the token of admit connect', () => {
  it.each([
    ['--token', ' --token from.option.sig', { ADMIT_TOKEN: 'from.env.sig' }, 'from.option.sig'],
    ['ADMIT_TOKEN', '', { ADMIT_TOKEN: 'from.env.sig\n' }, 'from.env.sig'],
  ])('may come from %s', async (from, option, env, token) => {
    const { url, seen } = await serve();
    const { stderr } = await admit(`connect --url ${url} --linger 0${option}`, { env, input: '' }).ended;
    expect(stderr).toContain(`[admit] token from ${from}\n`);
    expect(stderr).not.toContain(token);
    expect(seen.map(({ url: path }) => path)).toEqual(['/api/websocket/ticket', '/ws']);
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${token}`);
  });

  it('may come from a file', async () => {
    const { url, seen } = await serve();
    const directory = await temporaryDirectory();
    const file = join(directory.path, 'token');
    await writeFile(file, 'from.file.sig\n');
    await admit(`connect --url ${url} --token-file ${file} --linger 0`, { input: '' }).ended;
    expect(seen[0]?.headers.authorization).toBe('Bearer from.file.sig');
    await directory.remove();
    const { code, stderr } = await admit(`connect --url ${url} --token-file ${file}`).ended;
    expect(code).toBe(2);
    expect(stderr).toContain(`${file} cannot be read`);
  });

  it('is not shown where it is invalid', async () => {
    const { code, stderr } = await admit('connect', { env: { ADMIT_TOKEN: 'a secret\r\nx: y' } }).ended;
    expect(code).toBe(2);
    expect(stderr).toBe('[admit] The value of ADMIT_TOKEN is not a bearer token (RFC 6750).\n');
  });
});
