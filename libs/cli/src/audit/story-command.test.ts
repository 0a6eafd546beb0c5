import { newTicket, proofOf, ticketIdOf } from '@admit-one/core';
import { describe, expect, it } from 'vitest';
import { apiEvent, problem, startAuditServer, TICKET_ID } from './audit-server.fixture.ts';

const principal = { session: 'session-1', user: 'alice' };
const verdict = 'Admitted once from 198.51.100.7; replayed twice from 203.0.113.9; both rejected.';
const story = {
  kind: 'ticket',
  id: TICKET_ID,
  verdict,
  stage: 'consumed',
  reason: 'ticket_replayed',
  whatToDo: 'Compare the two presenters.',
  lastFailure: { code: 1006, reason: 'NETWORK' },
  events: [
    apiEvent(1, 'admit.ticket.issued', { principal }, { sinceMs: 0 }),
    apiEvent(2, 'admit.ticket.rejected', { principal, reason: 'ticket_replayed' }, { sinceMs: 1_250 }),
  ],
};
const unknown = { ...story, verdict: 'The audit log has no event of this ticket.', events: [] };

describe('admit audit story', () => {
  it('prints the verdict first, then the events with the time since the first', async () => {
    const server = await startAuditServer(story);
    const { code, stdout } = await server.admit(['story', 'ticket', TICKET_ID]).ended;
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      verdict,
      'What to do: Compare the two presenters.',
      'reason ticket_replayed; stage consumed; the client reported: code 1006, reason NETWORK',
      'replayed: an unknown address',
      '',
      'Events',
      expect.stringMatching(/^time +after {2}event/),
      expect.stringMatching(/^2026-01-31T12:00:00.001Z {3}0 ms {2}ticket.issued/),
      expect.stringMatching(/^2026-01-31T12:00:00.002Z {2}1.2 s {2}ticket.rejected +ticket_replayed/),
      '',
    ]);
    expect(server.requests).toMatchObject([{ path: `tickets/${TICKET_ID}`, method: 'GET' }]);
  });

  it('names who presented the ticket, equal ones once', async () => {
    const context = {
      address: '198.51.100.7',
      agent: 'Firefox/140.0',
      origin: 'https://app.example.com',
      edge: 'ws-edge-1',
    };
    const thief = { address: '203.0.113.9', agent: `curl/8.5\u001b[2J${'x'.repeat(200)}`, edge: 'ws-edge-1' };
    const rejected = (reason: string, presenter: object) => ({ principal, reason, context: presenter });
    const server = await startAuditServer({
      ...story,
      events: [
        apiEvent(1, 'admit.ticket.issued', { principal, context: { address: '192.0.2.1' } }),
        apiEvent(2, 'admit.ticket.rejected', rejected('ticket_in_use', { agent: 'a, edge "b"' })),
        apiEvent(3, 'admit.ticket.consumed', { principal, context }),
        apiEvent(4, 'admit.ticket.rejected', rejected('ticket_replayed', thief)),
        apiEvent(5, 'admit.ticket.rejected', {
          ...rejected('ticket_replayed', thief),
          ticketId: TICKET_ID,
          count: 3,
        }),
        apiEvent(6, 'admit.ticket.rejected', rejected('route_mismatch', { address: '192.0.2.2' })),
      ],
    });
    const { stdout } = await server.admit(['why', 'u7lqBqkCwD'], { bare: true }).ended;
    expect(stdout.split('\n').slice(3)).toEqual([
      'presented while in use: an unknown address, "a, edge \\"b\\""',
      'admitted: 198.51.100.7, Firefox/140.0, https://app.example.com, edge ws-edge-1',
      `replayed: 203.0.113.9, curl/8.5\\u001b[2J${'x'.repeat(107)}…, edge ws-edge-1 ×4`,
      '',
    ]);
  });

  it('names the first presenters of many', async () => {
    const events = Array.from({ length: 12 }, (_, n) =>
      apiEvent(n, 'admit.ticket.consumed', { principal, context: { address: `203.0.113.${n}` } }),
    );
    const server = await startAuditServer({ ...story, events });
    const { stdout } = await server.admit(['why', 'u7lqBqkCwD'], { bare: true }).ended;
    expect(stdout.match(/^admitted: /gm)).toHaveLength(10);
    expect(stdout).toContain('\nand 2 others\n');
  });

  it.each([
    ['session', 'a b/c', 'sessions/a%20b%2Fc'],
    ['user', 'alice', 'users/alice'],
    ['connection', 'c3VwcG9ydC1jb2RlLTAwMQ', 'connections/c3VwcG9ydC1jb2RlLTAwMQ'],
  ])('of a %s', async (kind, id, path) => {
    const server = await startAuditServer(story);
    expect((await server.admit(['story', kind, id]).ended).code).toBe(0);
    expect(server.requests.map((request) => request.path)).toEqual([path]);
  });

  it.each<[string, readonly string[]]>([
    [TICKET_ID, ['tickets', 'sessions', 'users', 'connections']],
    ['u7lqBqkCwD', ['tickets', 'sessions', 'users', 'connections']],
    ['c3VwcG9ydC1jb2RlLTAwMQ', ['connections', 'tickets', 'sessions', 'users']],
    ['alice', ['sessions', 'users', 'connections']],
    ['alice@example.com', ['sessions', 'users', 'connections']],
  ])('finds the kind of %s', async (id, kinds) => {
    const [last] = kinds.slice(-1);
    const server = await startAuditServer(...kinds.slice(1).map(() => unknown), story);
    expect((await server.admit(['story', id]).ended).code).toBe(0);
    expect(server.requests.map(({ path }) => path.split('/')[0])).toEqual(kinds);
    expect(server.requests.at(-1)?.path).toBe(`${last}/${encodeURIComponent(id)}`);
  });

  it('tells sessions and users of several issuers apart', async () => {
    const server = await startAuditServer(unknown, story);
    await server.admit(['story', 'alice', '--issuer', 'main']).ended;
    expect(server.requests).toMatchObject([
      { path: 'sessions/alice', parameters: [['issuer', 'main']] },
      { path: 'users/alice', parameters: [['issuer', 'main']] },
    ]);
  });

  it('ends with 1 where the server has no stories', async () => {
    const server = await startAuditServer(problem(404, 'ROUTE_UNKNOWN', 'There is nothing here.'));
    const { code, stderr } = await server.admit(['story', 'u7lqBqkCwD']).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('ROUTE_UNKNOWN') });
  });

  it('ends with 3 where nothing is known', async () => {
    const server = await startAuditServer(unknown, unknown, unknown, unknown);
    const { code, stdout } = await server.admit(['story', 'u7lqBqkCwD', '--json']).ended;
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  });

  it('asks for more of a code that several tickets begin with', async () => {
    const ambiguous = problem(400, 'INVALID_REQUEST', '3 tickets begin with u7lqBqkC.');
    const server = await startAuditServer(ambiguous, unknown, unknown, unknown);
    const { code, stderr } = await server.admit(['story', 'u7lqBqkC']).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('3 tickets begin with') });
  });

  it.each([['story', 'ticket'], ['story'], ['why']])(
    'never sends or prints a ticket: %s %s',
    async (...words) => {
      const ticket = newTicket();
      const server = await startAuditServer({ ...story, id: ticketIdOf(proofOf(ticket)) });
      const { stdout, stderr } = await server.admit([...words, ticket]).ended;
      expect(server.requests.map(({ path }) => path)).toEqual([`tickets/${ticketIdOf(proofOf(ticket))}`]);
      expect(JSON.stringify([stdout, stderr, server.requests])).not.toContain(ticket);
    },
  );

  it.each([
    [['why', 'alice'], 'alice'],
    [['why', 'a b;rm'], '<user id>'],
    [['story', 'ticket', 'VNLa'], 'VNLa'],
    [['story', 'ticket', 'x'.repeat(44)], '<user id>'],
  ])('says what a support code is, where %j has none', async (words, user) => {
    const server = await startAuditServer();
    const { code, stderr } = await server.admit(words).ended;
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `[admit] A support code is at least 8 characters of a ticket id. For a user: npx @admit-one/cli audit story user ${user}\n`,
    });
    expect(server.requests).toEqual([]);
  });

  it('knows its kinds', async () => {
    const server = await startAuditServer();
    const { code, stderr } = await server.admit(['story', 'tickets', TICKET_ID]).ended;
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('ticket, session, user, connection'),
    });
  });

  it('prints JSON as it came, and Markdown', async () => {
    const server = await startAuditServer(story, { ...story, truncated: true });
    expect(JSON.parse((await server.admit(['story', 'ticket', TICKET_ID, '--json']).ended).stdout)).toEqual(
      story,
    );
    const { stdout } = await server.admit(['story', 'ticket', TICKET_ID, '--markdown']).ended;
    expect(stdout).toContain(`### Story of ticket ${TICKET_ID}\n\n${verdict}\n\n`);
    expect(stdout).toContain('| --- | --: |');
    expect(stdout).toContain('There are more events');
  });

  it('keeps what a verdict says from the terminal', async () => {
    const hostile = '\u001b[2J\u009b1m\n\u202e';
    const server = await startAuditServer({
      ...story,
      verdict: hostile,
      whatToDo: hostile,
      stage: hostile,
      lastFailure: { [hostile]: hostile },
    });
    const { stdout } = await server.admit(['story', 'ticket', TICKET_ID]).ended;
    expect(stdout).toMatch(/^[\x20-\x7e\n]+$/);
  });
});

describe.each([[['why'] as const], [['audit', 'why'] as const]])('admit %s', (command) => {
  it('prints the verdict and what to do', async () => {
    const server = await startAuditServer(story);
    const { code, stdout, stderr } = await server.admit([...command, 'u7lqBqkCwD'], { bare: true }).ended;
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: expect.stringContaining(`${verdict}\nWhat to do: Compare the two presenters.\n`),
      stderr: '[admit] event by event: npx @admit-one/cli audit story ticket u7lqBqkCwD\n',
    });
    expect(server.requests.map(({ path }) => path)).toEqual(['tickets/u7lqBqkCwD']);
  });

  it('names the server again where an option has named it', async () => {
    const server = await startAuditServer(story);
    const words = [...command, 'u7lqBqkCwD', '--url', server.url];
    const { stderr } = await server.admit(words, { bare: true, env: { AUDIT_URL: '' } }).ended;
    expect(stderr).toBe(
      `[admit] event by event: npx @admit-one/cli audit story ticket u7lqBqkCwD --url ${server.url}\n`,
    );
  });

  it('names the ticket in Markdown', async () => {
    const server = await startAuditServer(story);
    const { stdout } = await server.admit([...command, 'u7lqBqkCwD', '--markdown'], { bare: true }).ended;
    expect(stdout).toContain(`### Ticket ${TICKET_ID}\n\n${verdict}\n\nWhat to do: `);
  });

  it('ends with 3 where nothing is known', async () => {
    const server = await startAuditServer(unknown);
    const { code, stdout, stderr } = await server.admit([...command, 'u7lqBqkCwD'], { bare: true }).ended;
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('Nothing is known');
  });
});
