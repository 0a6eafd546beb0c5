import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, temporaryDirectory } from '@admit-one/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Behaviour, serve, TICKET, TICKET_ID } from '../connect/server.fixture.ts';
import { admit } from '../terminal.fixture.ts';

const TICKETS = '/api/websocket/ticket';
const unavailable = {
  status: 503,
  body: JSON.stringify({ code: 'UNAVAILABLE', detail: 'The ticket service does not answer.', traceId: 't' }),
};

async function probe(behaviour: Behaviour, more: readonly string[] = [], env = {}) {
  const { url, seen } = await serve(behaviour);
  const { ended } = admit(['probe', '--once', '--url', url, ...more], { env });
  return { ...(await ended), seen, url };
}

describe('admit probe --once', () => {
  it('goes through all steps as a page does, and tells how long each took', async () => {
    const more = ['--route', 'chat', '--origin', 'https://app.example'];
    const { code, stdout, stderr, seen } = await probe({}, more, { ADMIT_TOKEN: 'a.b.c' });
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /^\S+Z ok in [\d.]+ ms: token [\d.]+, ticket [\d.]+, upgrade [\d.]+, echo [\d.]+, close [\d.]+\n$/,
      ),
    });
    expect(stderr).toContain(
      'with ADMIT_TOKEN\n[admit] warning: the events of this probe count as those of a user.',
    );
    expect(seen).toMatchObject([
      {
        url: TICKETS,
        headers: { authorization: 'Bearer a.b.c', origin: 'https://app.example' },
        body: expect.stringMatching(/^\{"route":"chat","client":"admit-probe\/[\d.]+"\}$/),
      },
      {
        url: '/ws/chat',
        headers: {
          origin: 'https://app.example',
          'sec-websocket-protocol': `admit.v1,ticket.${TICKET}`,
        },
      },
    ]);
  });

  it('does not warn where the ticket is marked', async () => {
    const body = JSON.stringify({ ticket: TICKET, ticketId: TICKET_ID, synthetic: true });
    const { code, stderr } = await probe({ replies: { [TICKETS]: { status: 200, body } } });
    expect(code).toBe(0);
    expect(stderr).not.toContain('warning');
  });

  it('with --ping, needs no message back', async () => {
    const { code } = await probe({ onConnection: () => {} }, ['--ping']);
    expect(code).toBe(0);
  });

  it.each<[string, Behaviour, readonly string[], number, string]>([
    [
      'an anonymous session',
      { replies: { '/api/v1/auth/token': { status: 404, body: '<html>' } } },
      [],
      10,
      'token: HTTP 404 from',
    ],
    [
      'the command for tokens',
      {},
      ['--issue-token', 'echo no login >&2; exit 3'],
      10,
      'token: The command of --issue-token failed with exit code 3: no login\n',
    ],
    [
      'what the command printed',
      {},
      ['--issue-token', 'echo "no token"'],
      10,
      'token: The value of --issue-token is not a bearer token (RFC 6750).\n',
    ],
    [
      'the ticket',
      { replies: { [TICKETS]: unavailable } },
      [],
      11,
      'ticket: UNAVAILABLE: The ticket service does not answer. (traceId t) Check that ticket-services run',
    ],
    [
      'the ticket, behind a load balancer without a server',
      { replies: { [TICKETS]: { status: 502, body: '' } } },
      [],
      11,
      'without a problem document. A load balancer or proxy answered: check its backends.\n',
    ],
    [
      'a ticket that never comes',
      { beforeReply: ({ url }) => (url === TICKETS ? new Promise(() => {}) : Promise.resolve()) },
      ['--timeout', '2'],
      11,
      'ticket: Nothing came within 2000 ms while waiting for a ticket. Check the ticket-service and its store',
    ],
    [
      'the upgrade',
      { rejection: unavailable },
      [],
      12,
      'upgrade: UNAVAILABLE: The ticket service does not answer.',
    ],
    [
      'the upgrade, as browsers are told',
      { onConnection: (socket) => socket.close(1008, 'ORIGIN_BLOCKED') },
      [],
      12,
      'upgrade: closed by the server: 1008 ORIGIN_BLOCKED. This origin may not open connections.',
    ],
    [
      'an upgrade without an answer',
      { silent: true },
      ['--timeout', '2'],
      12,
      'upgrade: Nothing came within 2000 ms',
    ],
    [
      'the echo',
      { onConnection: (socket) => socket.on('message', () => socket.send('something else')) },
      ['--timeout', '2'],
      13,
      'echo: Nothing came within 2000 ms while waiting for the reply on the open connection. Check that the route echoes, or give --ping',
    ],
    [
      'the connection',
      { onConnection: (socket) => socket.terminate() },
      [],
      13,
      'echo: The connection was lost: ',
    ],
    [
      'the end',
      {
        onConnection: (socket) =>
          socket.on('message', (data) => socket.send(`${data}`, () => socket.close(4000))),
      },
      [],
      14,
      'close: closed with 4000, not with 1000 as the probe did.',
    ],
  ])('fails at %s', async (_, behaviour, more, exitCode, sentence) => {
    const { code, stdout } = await probe(behaviour, more);
    expect(stdout).toContain(sentence);
    expect(code).toBe(exitCode);
    expect(stdout.match(/\n/g)).toHaveLength(1);
    expect(stdout.includes(`npx @admit-one/cli why ${TICKET_ID}`)).toBe(exitCode > 11);
  });

  it('names the port of the metrics where it is taken', async () => {
    const { url } = await serve();
    const { code, stderr } = await probe({}, ['--metrics-port', new URL(url).port]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('Set --metrics-port to a free one'),
    });
  });
});

describe('admit probe', () => {
  it('goes on after a failure, serves metrics, and ends with Ctrl-C', async () => {
    const { url } = await serve({ replies: { [TICKETS]: [unavailable] } });
    const run = admit(`probe --url ${url} --interval 0.1 --metrics-port 0`);
    await eventually(() => /failed at ticket.*\n.* ok in .*\n.* ok in /.test(run.printed.stdout), {
      what: 'a failure and two successes',
    });
    const [, metricsUrl = ''] = /metrics at (\S+)/.exec(run.printed.stderr) ?? [];
    const text = await (await fetch(metricsUrl)).text();
    expect(text).toContain('admit_probe_attempts_total{outcome="ticket"} 1\n');
    expect(text).toContain('admit_probe_attempts_total{outcome="close"} 0\n');
    expect(text).toMatch(/^admit_probe_attempts_total\{outcome="success"\} ([2-9]|\d\d)/m);
    expect(text).toMatch(/^admit_probe_stage_duration_seconds_count\{stage="echo"\} ([2-9]|\d\d)/m);
    const [, at] = /^admit_probe_last_success_timestamp_seconds (\S+)$/m.exec(text) ?? [];
    expect(Math.abs(Date.now() / 1_000 - Number(at))).toBeLessThan(60);
    run.interrupt();
    expect((await run.ended).code).toBe(0);
    await expect(fetch(metricsUrl)).rejects.toThrow();
  });

  it('runs the command for tokens again before they expire, and after one was rejected', async () => {
    const directory = await temporaryDirectory();
    onTestFinished(directory.remove);
    const counted = join(directory.path, 'issue');
    const tokenOf = (seconds: number) =>
      `a.${Buffer.from(JSON.stringify({ exp: Math.floor(Date.now() / 1_000) + seconds })).toString('base64url')}.c`;
    // The first token lasts long, and is rejected; the second is about to expire.
    await writeFile(
      counted,
      `#!/bin/sh\necho x >> ${counted}.runs\ncase $(wc -l < ${counted}.runs) in 2) echo ${tokenOf(30)};; *) echo ${tokenOf(3_600)};; esac\n`,
    );
    await chmod(counted, 0o755);
    const { url, seen } = await serve({
      replies: { [TICKETS]: [{ status: 401, body: '{"code":"INVALID_TOKEN"}' }] },
    });
    const run = admit(['probe', '--url', url, '--interval', '0.1', '--issue-token', counted]);
    const tokens = () =>
      seen.filter((request) => request.url === TICKETS).map(({ headers }) => headers.authorization);
    await eventually(() => tokens().length >= 4, { what: 'four attempts' });
    run.interrupt();
    await run.ended;
    const [first, second, third, fourth] = tokens();
    expect(second).not.toBe(first);
    expect(third).not.toBe(second);
    expect(fourth).toBe(third);
  });
});
