import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type AuditReply, apiEvent, problem, startAuditServer } from './audit-server.fixture.ts';

const event = (sequence: number) =>
  apiEvent(sequence, 'admit.ticket.issued', { principal: { user: `user-${sequence}` } });

/** One message, as the API sends it. */
function message(name: string, position: string, data: object): string {
  return `event: ${name}\nid: ${position}\ndata: ${JSON.stringify(data)}\n\n`;
}

const admit = (sequence: number) => message('admit', `1.${sequence}.0`, event(sequence));

function stream(end: (response: ServerResponse) => void, ...chunks: readonly string[]): AuditReply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    for (const chunk of chunks) response.write(chunk);
    end(response);
  };
}

const stays = () => {};
const ends = (response: ServerResponse) => void response.end();
const breaks = (response: ServerResponse) => void setImmediate(() => response.destroy());

function usersIn(stdout: string): readonly string[] {
  return stdout.match(/user-\d/g) ?? [];
}

describe('admit audit tail', () => {
  it('prints events as they come, until Ctrl-C', async () => {
    const [first, second] = [admit(1), `: heartbeat\n\n${admit(2)}`];
    const server = await startAuditServer(stream(stays, first, second.slice(0, 40), second.slice(40)));
    const run = server.admit(['tail', 'route=chat', 'since=1.0.0']);
    await expect.poll(() => usersIn(run.printed.stdout)).toEqual(['user-1', 'user-2']);
    run.interrupt();
    expect((await run.ended).code).toBe(0);
    expect(server.requests).toMatchObject([
      {
        path: 'stream',
        parameters: [
          ['route', 'chat'],
          ['since', '1.0.0'],
        ],
        headers: { accept: 'text/event-stream' },
      },
    ]);
  });

  it.each([
    ['ended', ends],
    ['broke', breaks],
  ])('goes on after the last event where the stream %s', async (_name, end) => {
    const server = await startAuditServer(
      stream(end, admit(1)),
      problem(503, 'AUDIT_UNAVAILABLE', 'The audit log does not answer.'),
      stream(stays, admit(2)),
    );
    const run = server.admit(['tail', '--json', 'since=1.0.0', 'route=chat']);
    await expect.poll(() => usersIn(run.printed.stdout)).toEqual(['user-1', 'user-2']);
    run.interrupt();
    const { stdout, stderr } = await run.ended;
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([event(1), event(2)]);
    expect(stderr).toMatch(/Reconnecting in 0.25 s\n.*AUDIT_UNAVAILABLE.*Reconnecting in 0.5 s\n/);
    expect(server.requests.map(({ headers, parameters }) => [headers['last-event-id'], parameters])).toEqual([
      [
        undefined,
        [
          ['since', '1.0.0'],
          ['route', 'chat'],
        ],
      ],
      ['1.1.0', [['route', 'chat']]],
      ['1.1.0', [['route', 'chat']]],
    ]);
  });

  it('says that it is behind, and goes on after the position of the message', async () => {
    const server = await startAuditServer(
      stream(ends, admit(1), `event: behind\ndata: ${JSON.stringify({ position: '1.5.0' })}\n\n`),
      stream(stays, admit(6)),
    );
    const run = server.admit(['tail']);
    await expect.poll(() => usersIn(run.printed.stdout)).toEqual(['user-1', 'user-6']);
    run.interrupt();
    expect((await run.ended).stderr).toContain('Going on after 1.5.0');
    expect(server.requests[1]?.headers['last-event-id']).toBe('1.5.0');
  });

  it('goes on after the last heartbeat where no event met the filter', async () => {
    const server = await startAuditServer(
      stream(ends, ': heartbeat 1.4.0\nid: 1.4.0\n\n'),
      stream(stays, admit(5)),
    );
    const run = server.admit(['tail', 'user=user-5']);
    await expect.poll(() => usersIn(run.printed.stdout)).toEqual(['user-5']);
    run.interrupt();
    await run.ended;
    expect(server.requests[1]?.headers['last-event-id']).toBe('1.4.0');
  });

  it('connects again where nothing comes for three heartbeats', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const server = await startAuditServer(stream(stays, admit(1)), stream(stays, admit(2)));
    const run = server.admit(['tail']);
    await expect.poll(() => usersIn(run.printed.stdout)).toEqual(['user-1']);
    vi.advanceTimersByTime(44_999);
    expect(run.printed.stderr).not.toContain('Reconnecting');
    vi.advanceTimersByTime(1);
    await expect.poll(() => usersIn(run.printed.stdout)).toEqual(['user-1', 'user-2']);
    run.interrupt();
    expect((await run.ended).stderr).toContain('Nothing came for 45 s. Reconnecting');
  });

  it.each([
    ['at the start', [], 503],
    ['at a reconnection that would be rejected again', [stream(ends, admit(1))], 403],
  ] as const)('ends with the error %s', async (_name, before, status) => {
    const server = await startAuditServer(...before, problem(status, 'NOT_NOW', 'The reason.'));
    const { code, stderr } = await server.admit(['tail']).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('NOT_NOW: The reason.') });
  });
});
