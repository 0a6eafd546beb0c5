import { newTicket, proofOf, ticketIdOf } from '@admit-one/core';
import { describe, expect, it } from 'vitest';
import { apiEvent, OPERATOR_TOKEN, startAuditServer } from './audit-server.fixture.ts';

const scannedTo = '2026-01-31T11:00:00.000Z';
const principal = { issuer: 'main', session: 'session-1', user: 'alice' };
const context = { address: '192.0.2.17', route: 'chat' };
const replayed = apiEvent(2, 'admit.ticket.rejected', { principal, context, reason: 'ticket_replayed' });
const issued = apiEvent(1, 'admit.ticket.issued', { principal, context });
const folded = apiEvent(3, 'admit.handshake.rejected', { context, reason: 'rate_limited', count: 1200 });

describe('admit audit search', () => {
  it('asks for what the words say, newest first, as the operator', async () => {
    const server = await startAuditServer({ events: [replayed], next: 'c1', scannedTo, end: true });
    const { code } = await server.admit(['search', 'reason!=draining', 'from=-2h', 'alice']).ended;
    expect(code).toBe(0);
    expect(server.requests).toMatchObject([
      {
        method: 'GET',
        path: 'events',
        parameters: [
          ['reason!', 'draining'],
          ['from', '-2h'],
          ['q', 'alice'],
          ['order', 'desc'],
        ],
        headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
      },
    ]);
  });

  it.each([['order=asc'], ['since=1.7.0']])('leaves the order to %s', async (word) => {
    const server = await startAuditServer({ events: [issued], next: 'c1', scannedTo, end: true });
    await server.admit(['search', word]).ended;
    expect(server.requests[0]?.parameters).toEqual([word.split('=')]);
  });

  it('prints a table', async () => {
    const server = await startAuditServer({
      events: [folded, replayed, issued],
      next: 'c1',
      scannedTo,
      end: true,
    });
    const { stdout, stderr } = await server.admit(['search']).ended;
    expect(stdout.split('\n')).toEqual([
      'time                      event               reason              ticket      user        session     address          route',
      '2026-01-31T12:00:00.003Z  handshake.rejected  rate_limited ×1200                                      192.0.2.17       chat',
      '2026-01-31T12:00:00.002Z  ticket.rejected     ticket_replayed     u7lqBqkCwD  alice       session-1   192.0.2.17       chat',
      '2026-01-31T12:00:00.001Z  ticket.issued                           u7lqBqkCwD  alice       session-1   192.0.2.17       chat',
      '',
    ]);
    expect(stderr).toBe('[admit] 3 events, all that match\n');
  });

  it('says how far it searched where there is more, and how to get that', async () => {
    const server = await startAuditServer({ events: [replayed], next: 'c1', scannedTo, end: false });
    const { code, stderr } = await server.admit(['search']).ended;
    expect(code).toBe(0);
    expect(stderr).toContain(`searched to ${scannedTo}`);
    expect(stderr).toContain('cursor=c1');
  });

  it('goes through all pages with --all', async () => {
    const server = await startAuditServer(
      { events: [replayed], next: 'c1', scannedTo, end: false },
      { events: [], next: 'c2', scannedTo, end: false },
      { events: [issued], next: 'c3', scannedTo, end: true },
    );
    const { stdout } = await server.admit(['search', '--all', '--json', 'user=alice', 'cursor=c0']).ended;
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([replayed, issued]);
    expect(server.requests.map(({ parameters }) => Object.fromEntries(parameters))).toEqual(
      ['c0', 'c1', 'c2'].map((cursor) => ({ user: 'alice', cursor, order: 'desc' })),
    );
  });

  it('searches on until it has an event, or the end', async () => {
    const server = await startAuditServer(
      { events: [], next: 'c1', scannedTo, end: false },
      { events: [issued], next: 'c2', scannedTo, end: false },
    );
    const { code, stderr } = await server.admit(['search']).ended;
    expect({ code, requests: server.requests.length }).toEqual({ code: 0, requests: 2 });
    expect(stderr).toContain(`searched to ${scannedTo}\n`);
  });

  it('ends with 3 where there is nothing', async () => {
    const server = await startAuditServer({ events: [], next: 'c1', scannedTo, end: true });
    expect(await server.admit(['search', '--json']).ended).toEqual({
      code: 3,
      stdout: '',
      stderr: '[admit] Nothing found.\n',
    });
  });

  it('never sends or prints a ticket', async () => {
    const ticket = newTicket();
    const server = await startAuditServer({ events: [], next: 'c1', scannedTo, end: true });
    const { code, stdout, stderr } = await server.admit(['search', ticket]).ended;
    expect(code).toBe(3);
    expect(server.requests[0]?.parameters).toContainEqual(['q', ticketIdOf(proofOf(ticket))]);
    expect(JSON.stringify([stdout, stderr, server.requests])).not.toContain(ticket);
    expect(stderr).toContain('write trace=');
  });

  it('keeps what events say from the terminal', async () => {
    const hostile = '\u001b[2J\u009b1m\r\n\u202e';
    const event = apiEvent(
      1,
      hostile,
      { principal: { ...principal, user: hostile }, context, reason: hostile },
      { time: hostile },
    );
    const page = {
      events: [event, apiEvent(2, 'admit.ticket.issued', { principal: { user: hostile } })],
      next: hostile,
      scannedTo: hostile,
      end: false,
    };
    for (const options of [[], ['--json'], ['--markdown']]) {
      const server = await startAuditServer(page);
      const { stdout, stderr } = await server.admit(['search', ...options], { isTTY: false }).ended;
      expect(stdout + stderr).toMatch(/^[\x20-\x7e\n]+$/);
      if (options[0] === '--json') expect(JSON.parse(stdout.split('\n')[0] ?? '')).toEqual(event);
    }
  });

  it('prints Markdown', async () => {
    const server = await startAuditServer({ events: [replayed], next: 'c1', scannedTo, end: true });
    const { stdout } = await server.admit(['search', '--markdown']).ended;
    expect(stdout).toContain('| --- |');
    expect(stdout).toContain('| `ticket_replayed` | `u7lqBqkCwD` | `alice` |');
  });

  it('rejects a reply of an earlier version', async () => {
    const server = await startAuditServer({ events: [issued], next: null });
    const { code, stderr } = await server.admit(['search']).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('not from Admit One') });
  });
});
