import { type AuditLog, newId, type ReceivedEvent } from '@admit-one/core';
import { appendEvents, cloudEvent, type Sample } from '@admit-one/port-contracts';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { openAuditLog } from '../open-audit-log.ts';
import { describeOnBothEngines } from '../sql/engines.fixture.ts';
import type { Sql } from '../sql/sql.ts';

const DAY_MS = 86_400_000;
const RECENT_DAYS = 30;
const probe = { issuer: 'main', session: 's', synthetic: true };

describeOnBothEngines((_engine, openEmpty) => {
  let sql: Sql;
  let log: AuditLog;
  let now: number;

  beforeEach(async () => {
    sql ??= await openEmpty();
    log ??= await openAuditLog(sql);
    await sql.query(
      `TRUNCATE event, event_total, rollup, open_connection, partition_sequence, log_count, live_ticket`,
    );
    now = Date.now();
  });
  afterAll(() => log?.close());

  async function counts(sum: 'total' | 'recent' = 'total'): Promise<Readonly<Record<string, number>>> {
    const rows = await log.logCounts(RECENT_DAYS);
    return Object.fromEntries(rows.map((count) => [count.counter, count[sum]]));
  }

  /** An event of a ticket, so many seconds ago. */
  function ofTicket(
    name: string,
    ticket: string,
    secondsAgo: number,
    data: Sample['data'] = {},
  ): ReceivedEvent {
    return cloudEvent({
      type: `admit.ticket.${name}` as 'admit.ticket.issued',
      subject: ticket,
      partitionkey: `p00.${newId()}`,
      time: now - secondsAgo * 1000,
      data: { pathway: 'ticket', ...data },
    });
  }

  const issued = (ticket: string, secondsAgo: number, data: Sample['data'] = {}) =>
    ofTicket('issued', ticket, secondsAgo, { expiresAt: now - secondsAgo * 1000 + 30_000, ...data });
  const reserved = (ticket: string, secondsAgo: number) =>
    ofTicket('reserved', ticket, secondsAgo, { reservation: 1 });
  const revoked = (ticket: string, secondsAgo: number) => ofTicket('revoked', ticket, secondsAgo);
  const blocked = (
    ticketId: string | null,
    secondsAgo: number,
    address = '192.0.2.1',
    origin = 'https://a.example',
  ) =>
    cloudEvent({
      type: 'admit.handshake.rejected',
      time: now - secondsAgo * 1000,
      data: { ticketId, reason: 'origin_blocked', context: { address, origin } },
    });
  /** Tells that its time has come. */
  const later = () => ofTicket('released', newId(), 0);

  describe('a ticket is presented', () => {
    test.each<
      [string, (ticket: string) => readonly (readonly ReceivedEvent[])[], 'presented' | 'unused' | null]
    >([
      ['with its reservation', (t) => [[issued(t, 90)], [reserved(t, 89)], [later()]], 'presented'],
      ['with its reservation in the same message', (t) => [[issued(t, 90), reserved(t, 89)]], 'presented'],
      [
        'with a rejection by the edge',
        (t) => [[issued(t, 90)], [blocked(t, 80), blocked(t, 79)], [later()]],
        'presented',
      ],
      ['once', (t) => [[issued(t, 90)], [blocked(t, 89)], [reserved(t, 85), reserved(t, 70)]], 'presented'],
      [
        'by an event that came before its issue',
        (t) => [[reserved(t, 89)], [issued(t, 90)], [later()]],
        'presented',
      ],
      [
        'late, with the event that tells the time',
        (t) => [[issued(t, 90)], [reserved(t, 61), later()]],
        'presented',
      ],
      ['or has expired', (t) => [[issued(t, 90)], [later()]], 'unused'],
      [
        'or has expired, whoever else is rejected',
        (t) => [[issued(t, 90)], [blocked(null, 80), later()]],
        'unused',
      ],
      ['or may be yet', (t) => [[issued(t, 40)], [later()]], null],
      ['or is revoked', (t) => [[issued(t, 90)], [revoked(t, 80)], [later()]], null],
      [
        'or is revoked, by an event that came before its issue',
        (t) => [[revoked(t, 80)], [issued(t, 90)], [later()]],
        null,
      ],
      ['or is of a probe', (t) => [[issued(t, 90, { principal: probe })], [later()]], null],
    ])('%s', async (_name, messagesOf, outcome) => {
      const messages = messagesOf(newId());
      for (const events of [...messages, ...messages]) await appendEvents(log, events);
      const { 'tickets presented ticket': presented, 'tickets unused ticket': unused } = await counts();
      expect({ presented, unused }).toEqual({
        presented: outcome === 'presented' ? 1 : undefined,
        unused: outcome === 'unused' ? 1 : undefined,
      });
    });

    test('by one of two processes at the same time, once', async () => {
      const ticket = newId();
      await appendEvents(log, [issued(ticket, 90)]);
      await Promise.all(Array.from({ length: 6 }, (_, n) => appendEvents(log, [blocked(ticket, 80 + n)])));
      await appendEvents(log, [later()]);
      expect(await counts()).toMatchObject({ 'tickets issued ticket': 1, 'tickets presented ticket': 1 });
      expect(await counts()).not.toHaveProperty('tickets unused ticket');
    });
  });

  test('a ticket that is reserved again is presented once in the minute of its issue', async () => {
    const ticket = newId();
    const issuedAt = now - 90_000;
    const again = (reservation: number) => ofTicket('reserved', ticket, 80, { issuedAt, reservation });
    await appendEvents(log, [issued(ticket, 90, { issuedAt }), again(1), again(2)]);
    const [from = '', to = ''] = [now - 600_000, now].map((time) => new Date(time).toISOString());
    expect(await log.cohorts({ from, to })).toMatchObject([{ issued: 1, presented: 1 }]);
  });

  test('the time until an event is stored is counted with it', async () => {
    const folded = cloudEvent({
      type: 'admit.issuance.rejected',
      time: now - 11_000,
      data: { reason: 'rate_limited', count: 5 },
    });
    await appendEvents(log, [folded, cloudEvent({ time: now - 11_000 })]);
    await appendEvents(log, [folded]);
    const { 'storage 4': within30s, 'storage sum': sum, ...others } = await counts();
    expect(within30s).toBe(5);
    expect(sum).toBeGreaterThanOrEqual(5 * 11_000);
    expect(Object.keys(others).filter((counter) => counter.startsWith('storage'))).toEqual([]);
  });

  test('counters count from the first event on, also of days that are kept no more, and of the last days', async () => {
    const at = (days: number) => cloudEvent({ type: 'admit.store.started', time: now - days * DAY_MS });
    await appendEvents(log, [at(0), at(29), at(30), at(500)]);
    const expected = { 'events admit.store.started -': 4 };
    expect(await counts()).toEqual(expected);
    expect(await counts('recent')).toEqual({ 'events admit.store.started -': 2 });
    await log.maintain({ days: 450, maxBytes: null }, now);
    expect(await counts()).toEqual(expected);
    const days = await sql.query<{ day: string }>('SELECT day::text FROM log_count ORDER BY day');
    expect(days).toHaveLength(4);
    expect(days[0]?.day).toBe('-infinity');
  });

  describe('levels', () => {
    const admitted = (secondsAgo: number, data: Sample['data'] = {}) =>
      ofTicket('consumed', newId(), secondsAgo, {
        connection: newId(),
        handshake: 'h',
        context: { edge: 'edge-1' },
        ...data,
      });
    const closed = ({ data }: ReceivedEvent) =>
      cloudEvent({
        type: 'admit.connection.closed',
        time: now,
        data: { connection: data.connection, durationMs: 60_000 },
      });

    test('count connections that stay, and counters those that have stayed', async () => {
      const [old, ended, endedBefore, endedAtOnce] = [admitted(60), admitted(60), admitted(60), admitted(60)];
      const alive = cloudEvent({
        type: 'admit.service.started',
        partitionkey: 'edge-1',
        data: { service: 'ws-edge', lastSequence: 1 },
      });
      await appendEvents(log, [alive, closed(endedBefore)]);
      await appendEvents(log, [old, ended, admitted(5), admitted(60, { principal: probe })]);
      await appendEvents(log, [endedBefore, endedAtOnce, closed(endedAtOnce)]);
      await appendEvents(log, [admitted(60, { pathway: 'jwt' })]);
      expect(await log.levels()).toMatchObject({
        stayedConnections: { ticket: 2, jwt: 1 },
        instances: { 'ws-edge': 1 },
      });
      await appendEvents(log, [closed(ended)]);
      expect(await log.levels()).toMatchObject({ stayedConnections: { ticket: 1, jwt: 1 } });
      expect(await counts()).toMatchObject({ 'tickets stayed ticket': 3 });
    });

    test('know the instances that were heard of, until they stop', async () => {
      const of = (partitionkey: string, sequence: number, name: 'started' | 'stopped') =>
        cloudEvent({
          type: `admit.service.${name}`,
          partitionkey,
          sequence,
          data: { service: 'audit-service', lastSequence: sequence },
        });
      await appendEvents(log, [of('a', 1, 'started'), of('b', 1, 'started'), of('b', 2, 'stopped')]);
      await sql.query(
        `UPDATE partition_sequence SET seen_at = now() - interval '31 seconds' WHERE partition_key = 'a'`,
      );
      expect((await log.levels()).instances).toEqual({});
      await appendEvents(log, [of('c', 1, 'started'), of('d', 1, 'started')]);
      expect((await log.levels()).instances).toEqual({ 'audit-service': 2 });
    });

    test('tell of each instance what it told last, while that is new', async () => {
      const of = (partitionkey: string, sequence: number, secondsAgo: number, connections: number) =>
        cloudEvent({
          type: 'admit.service.alive',
          partitionkey,
          sequence,
          time: now - secondsAgo * 1000,
          data: { service: 'ws-edge', lastSequence: sequence, connections },
        });
      await appendEvents(log, [
        of('a', 1, 20, 1),
        of('a', 2, 10, 2),
        of('b', 1, 100, 3),
        of('c', 1, 7_200, 4),
      ]);
      await sql.query(
        `UPDATE partition_sequence SET seen_at = now() - interval '31 seconds' WHERE partition_key = 'b'`,
      );
      await sql.query(
        `UPDATE partition_sequence SET seen_at = now() - interval '2 hours' WHERE partition_key = 'c'`,
      );
      expect(await log.instances()).toMatchObject([
        { instance: 'a', service: 'ws-edge', state: 'alive', told: { connections: 2 } },
        { instance: 'b', service: 'ws-edge', state: 'silent', told: null },
      ]);
    });

    test('are those of the last minutes of the network and the origin that are highest', async () => {
      await appendEvents(log, [
        blocked(null, 0, '192.0.2.1'),
        blocked(null, 0, '192.0.2.200'),
        blocked(null, 400, '192.0.2.1'),
        blocked(null, 400, '198.51.100.1'),
        blocked(null, 400, '203.0.113.1'),
        blocked(null, 0, '203.0.113.1', 'https://b.example'),
        blocked(null, 3_600, '10.0.0.1'),
      ]);
      expect(await log.levels()).toMatchObject({ largestRejectedPrefix: 2, largestBlockedOrigin: 3 });
    });
  });
});
