import { type AuditLog, type Delivery, newId, type ReceivedEvent, type StreamReader } from '@admit-one/core';
import { cloudEvent } from '@admit-one/port-contracts';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { dayOf } from '../audit-log/partitions.ts';
import { openAuditLog } from '../open-audit-log.ts';
import { describeOnServer, openForTest } from '../sql/engines.fixture.ts';
import { openPostgres } from '../sql/postgres.ts';
import type { Sql } from '../sql/sql.ts';
import { type RebuildReport, rebuildAuditLog } from './rebuild-audit-log.ts';

const STREAM = '2026-01-01T00:00:00Z';
const DAY_MS = 86_400_000;

/** The messages of a stream: of each, the events or other content. */
type Messages = readonly (readonly unknown[])[];

function deliveriesOf(messages: Messages, first: number): readonly Delivery[] {
  return messages
    .map((events, n) => ({
      subject: `admit.event.${(events[0] as ReceivedEvent).type.slice('admit.'.length)}`,
      body: Buffer.from(JSON.stringify(events)),
      position: { stream: STREAM, sequence: n + 1, first },
    }))
    .slice(first - 1);
}

/** A stream that has dropped what was before `first`. @param beforeReading called before each reading */
function readerOf(messages: () => Messages, first = 1, beforeReading = async () => {}): StreamReader {
  return {
    extent: async () => ({ stream: STREAM, first, last: messages().length }),
    async read(from, handler, signal) {
      const last = messages().length;
      const deliveries = deliveriesOf(messages(), first).filter(
        ({ position }) => position.sequence >= from && position.sequence <= last,
      );
      await beforeReading();
      for (const delivery of deliveries) {
        signal.throwIfAborted();
        await handler([delivery]);
      }
      return last;
    },
  };
}

describeOnServer((server) => {
  let url: string;
  let sql: Sql;
  let log: AuditLog;
  let messages: (readonly unknown[])[];

  beforeEach(async () => {
    await log?.close();
    url = await server().createDatabase();
    sql = openForTest({ url });
    log = await openAuditLog(sql);
    messages = sampleMessages();
  });
  afterAll(() => log?.close());

  /** Stores messages as the audit-service does; they are valid, but for one. */
  async function store(from: number, to: number): Promise<void> {
    for (const { subject, body, position } of deliveriesOf(messages, 1).slice(from, to)) {
      const events = JSON.parse(Buffer.from(body).toString()) as ReceivedEvent[];
      const valid = events
        .map((event, index) => ({ index, event }))
        .filter(({ event }) => event.id !== undefined);
      await log.append([{ position, events: valid }]);
      if (valid.length < events.length)
        await log.keepDeadLetters([{ subject, body, issue: '[0]: id is missing' }]);
    }
  }

  async function rebuild(
    reader: StreamReader,
    { keepOlder = false, signal = new AbortController().signal } = {},
  ): Promise<RebuildReport> {
    const settings = { url, applicationName: 'rebuild', statementTimeoutMs: DAY_MS, onError: () => {} };
    const open = (schema?: string) => openPostgres({ ...settings, ...(schema ? { schema } : {}) });
    return rebuildAuditLog({ open, stream: reader, keepOlder, onProgress: () => {}, signal });
  }

  async function closeLost(): Promise<void> {
    await expect
      .poll(async () => {
        await log.markSilent(1);
        return (await log.closeLostConnections({ source: 'a', now: Date.now(), silentMs: 1, limit: 9 }))
          .length;
      })
      .toBe(1);
  }

  /** All that readers see, and all that later events depend on. */
  async function dump(): Promise<Readonly<Record<string, readonly unknown[]>>> {
    const tables = {
      event: "to_jsonb(t) - 'stored_at'",
      event_total: 'to_jsonb(t)',
      rollup: 'to_jsonb(t)',
      log_count: 'to_jsonb(t)',
      live_ticket: "to_jsonb(t) - 'counted_in'",
      partition_sequence: 'to_jsonb(t)',
      open_connection: 'to_jsonb(t)',
      stream_generation: "to_jsonb(t) - 'first'",
      dead_letter: "to_jsonb(t) - 'issue'",
      event_conflict: 'to_jsonb(t)',
      retention: 'to_jsonb(t)',
      acknowledgement: "to_jsonb(t) - 'id'",
      withdrawn_token: 'to_jsonb(t)',
      ...{ alert: 'to_jsonb(t)', alert_sample: 'to_jsonb(t)', alert_leader: 'to_jsonb(t)' },
    };
    const dumped: Record<string, readonly unknown[]> = {};
    for (const [name, row] of Object.entries(tables)) {
      const rows = await sql.query<{ row: string }>(
        `SELECT (${row})::text AS row FROM ${name} AS t ORDER BY 1`,
      );
      dumped[name] = rows.map((one) => JSON.parse(one.row));
    }
    return dumped;
  }

  async function expectNoRemains(): Promise<void> {
    expect(await sql.query("SELECT FROM pg_namespace WHERE nspname = 'audit_rebuild'")).toEqual([]);
  }

  async function isAnyoneWaiting(): Promise<boolean> {
    const waiting = await sql.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return waiting.length > 0;
  }

  async function fireAlert(): Promise<void> {
    const state = { status: 'firing', since: 1, heldAt: 2 } as const;
    const times = { evaluatedAt: 2, firedAt: 1, resolvedAt: null };
    const record = { name: 'A', state, value: 1, detail: null, ...times, reported: true, notified: false };
    await log.alerts.lead('auditor', 60_000, true);
    await log.alerts.save('auditor', { records: [record], sample: { at: 2, values: { n: 1 } } });
  }

  test('gives the same tables, with the positions, the own events, alerts and what operators decided', async () => {
    await store(0, messages.length);
    await closeLost();
    await fireAlert();
    await log.acknowledge({ kind: 'partition', name: 'edge-gap', reason: 'known', operator: 'ann' });
    await log.withdrawnTokens.withdraw({ tokenId: 'id', reason: 'lost', operator: 'ann' });
    const before = await dump();
    const report = await rebuild(readerOf(() => messages));
    expect(report).toMatchObject({ different: 0, onlyPresent: 0, onlyRebuilt: 0, copied: 0 });
    // The own event is behind the horizon, up to which both are compared.
    expect(report).toMatchObject({ messages: messages.length, same: (before.event?.length ?? 0) - 1 });
    expect(await dump()).toEqual(before);
    await expectNoRemains();
    await store(0, messages.length);
    expect(await dump()).toMatchObject({ event: before.event, event_total: before.event_total });
  });

  test('mends what is not as the stream says', async () => {
    await store(0, messages.length);
    const sound = await dump();
    await sql.query("DELETE FROM event WHERE partition_key = 'edge-gap' AND sequence = 1");
    await sql.query(
      `UPDATE event SET event = replace(event, 'ticket_missing', 'ticket_unknown') WHERE partition_key = 'edge-x'`,
    );
    await sql.query('UPDATE event_total SET count = count + 7');
    await sql.query('DELETE FROM rollup');
    await log.append([
      {
        position: { stream: STREAM, sequence: 1, first: 1 },
        events: [{ index: 9, event: cloudEvent({ partitionkey: 'forged' }) }],
      },
    ]);
    expect(await rebuild(readerOf(() => messages))).toMatchObject({
      ...{ different: 1, onlyPresent: 1, onlyRebuilt: 1 },
    });
    const { event, event_total, rollup } = await dump();
    // The salt of the deleted event is gone, by which rows are in order.
    const unsalted = (rows: readonly unknown[] = []) =>
      rows.map((row) => JSON.stringify({ ...(row as object), salt: null })).sort();
    expect({ event: unsalted(event), event_total, rollup }).toEqual({
      ...{ event: unsalted(sound.event), event_total: sound.event_total, rollup: sound.rollup },
    });
    expect(await log.sequences({ partitionkeys: ['forged'] })).toEqual([]);
  });

  describe('where the stream does not reach back far enough', () => {
    test('is refused, and changes nothing', async () => {
      await store(0, messages.length);
      const before = await dump();
      await expect(rebuild(readerOf(() => messages, 3))).rejects.toThrow(
        /does not reach back far enough: it begins at 1\.3\.0/,
      );
      expect(await dump()).toEqual(before);
      await expectNoRemains();
    });

    test('takes over what is older, and what was counted of days that were dropped', async () => {
      await store(0, messages.length);
      await closeLost();
      await log.maintain({ days: 30, maxBytes: null }, Date.now());
      const before = await dump();
      const report = await rebuild(
        readerOf(() => messages, 3),
        { keepOlder: true },
      );
      expect(report).toMatchObject({ different: 0, onlyPresent: 0, onlyRebuilt: 0 });
      expect(report.copied).toBeGreaterThan(0);
      expect(await dump()).toEqual(before);
      await store(0, messages.length);
      expect(await dump()).toMatchObject({ event: before.event, event_total: before.event_total });
    });

    test('keeps what was acknowledged of the stream', async () => {
      await store(0, 1);
      await store(2, messages.length);
      const [{ generation = 0 } = {}] = await log.streams();
      await log.acknowledge({ kind: 'stream', name: `${generation}`, reason: 'known', operator: 'ann' });
      const acknowledged = [{ missingCount: 0, lostCount: 0, acknowledgedCount: 1 }];
      expect(await log.streams()).toMatchObject(acknowledged);
      await rebuild(
        readerOf(() => messages, 3),
        { keepOlder: true },
      );
      expect(await log.streams()).toMatchObject(acknowledged);
    });

    test('is refused where it is another stream than the audit log has received from, or nothing was received', async () => {
      await expect(rebuild(readerOf(() => messages))).rejects.toThrow(/nothing to rebuild/);
      await store(0, 1);
      const other = {
        ...readerOf(() => messages),
        extent: async () => ({ stream: 'other', first: 1, last: 1 }),
      };
      await expect(rebuild(other, { keepOlder: true })).rejects.toThrow(/start the audit-service/);
    });
  });

  test('is refused where the stream lacks messages that were received', async () => {
    await store(0, messages.length);
    const before = await dump();
    const shorter = readerOf(() => messages.slice(0, -2));
    await expect(rebuild(shorter)).rejects.toThrow('has messages that the event stream does not have');
    expect(await dump()).toEqual(before);
    await expectNoRemains();
  });

  test('is refused where values are stored as pseudonyms, which only the audit-service can make', async () => {
    const data = { principal: { issuer: 'main', session: 's', user: 'pseudonym:4Xk' } };
    await log.append([
      {
        position: { stream: STREAM, sequence: 1, first: 1 },
        events: [{ index: 0, event: cloudEvent({ data }) }],
      },
    ]);
    await expect(rebuild(readerOf(() => messages))).rejects.toThrow(/pseudonyms/);
  });

  describe('a forgotten user', () => {
    const forgetting = {
      users: ['alice'],
      reason: 'request 17',
      operator: { subject: 'ann', from: 'token' },
      ...{ source: 'a', traceparent: null, now: Date.now(), dryRun: false },
    } as const;

    beforeEach(async () => {
      const principal = { issuer: 'main', session: 's-alice', user: 'alice', attributes: { mail: 'alice' } };
      const data = { principal, context: { agent: 'alice', address: '198.51.100.7' } };
      const issued = cloudEvent({
        type: 'admit.ticket.issued',
        partitionkey: 'p06.epoch',
        sequence: 1,
        data,
      });
      const place = cloudEvent({ partitionkey: 'edge-y', sequence: 1, data: { reason: 'ticket_missing' } });
      messages.push([issued], [place, { ...place, data: { principal } }]);
      await store(0, messages.length);
    });

    test('does not come back', async () => {
      expect(await log.forget(forgetting)).toEqual({ events: 1, kept: 0 });
      const before = await dump();
      expect(await rebuild(readerOf(() => messages))).toMatchObject({ different: 0, onlyRebuilt: 0 });
      expect(await dump()).toEqual(before);
      expect(JSON.stringify(before)).not.toContain('alice');
    });

    test('ends a rebuild that has read their events before', async () => {
      const reader = readerOf(() => messages);
      const forgetsAfterwards: StreamReader = {
        ...reader,
        async read(from, handler, signal) {
          const last = await reader.read(from, handler, signal);
          if (from === 1) await log.forget(forgetting);
          return last;
        },
      };
      await expect(rebuild(forgetsAfterwards)).rejects.toThrow(/forgotten meanwhile/);
      expect(JSON.stringify(await dump())).not.toContain('alice');
      await rebuild(readerOf(() => messages));
      expect(JSON.stringify(await dump())).not.toContain('alice');
    });
  });

  test('leaves all as it was where it is interrupted, and can be run again', async () => {
    await store(0, messages.length);
    const before = await dump();
    const interrupt = new AbortController();
    const interrupted = readerOf(
      () => messages,
      1,
      async () => interrupt.abort(new Error('Ctrl-C')),
    );
    await expect(rebuild(interrupted, { signal: interrupt.signal })).rejects.toThrow('Ctrl-C');
    expect(await dump()).toEqual(before);
    await expectNoRemains();
    await rebuild(readerOf(() => messages));
    expect(await dump()).toEqual(before);
  });

  test('has what is stored meanwhile, and one runs at a time', async () => {
    await store(0, 3);
    let readings = 0;
    const late = cloudEvent();
    const position = { stream: STREAM, sequence: messages.length + 1, first: 1 };
    const appendLate = () => log.append([{ position, events: [{ index: 0, event: late }] }]);
    let appending: Promise<boolean> | undefined;
    const reader = readerOf(
      () => messages.slice(0, 3 + readings),
      1,
      async () => {
        await expect(rebuild(readerOf(() => messages))).rejects.toThrow('another rebuild is under way');
        readings += 1;
        if (readings < 3) return store(2 + readings, 3 + readings);
        // The last reading is while the tables are locked.
        let isOver = false;
        appending = appendLate()
          .then(
            () => true,
            () => false,
          )
          .finally(() => {
            isOver = true;
          });
        await expect.poll(async () => isOver || (await isAnyoneWaiting())).toBe(true);
      },
    );
    await rebuild(reader);
    if (!(await appending)) await appendLate();
    await store(0, messages.length);
    const { event } = await dump();
    // One is no event, and one in conflict.
    expect(event).toHaveLength(messages.flat().length - 2 + 1);
  });
});

/** Events of an edge with a gap, one that is lost with a connection, a conflict, a message that is none, and one too old. */
function sampleMessages(): (readonly unknown[])[] {
  const now = Date.now();
  const old = dayOf(now) - 31 * DAY_MS;
  const rejected = (partitionkey: string, sequence: number, time = now) =>
    cloudEvent({
      type: 'admit.handshake.rejected',
      ...{ partitionkey, sequence, time },
      data: { reason: 'ticket_missing', count: 2, context: { origin: 'https://a.example', route: 'chat' } },
    });
  const place = rejected('edge-x', 1);
  const consumed = cloudEvent({
    type: 'admit.ticket.consumed',
    ...{ partitionkey: 'p04.epoch', sequence: 1, time: now - 60_000 },
    data: {
      principal: { issuer: 'main', session: 's' },
      ...{
        issuedAt: now - 61_000,
        handshake: 'h',
        connection: newId(),
        context: { edge: 'edge-lost', route: 'chat' },
      },
    },
  });
  const ofTicket = (name: 'issued' | 'reserved', sequence: number, subject: string) =>
    cloudEvent({
      type: `admit.ticket.${name}`,
      ...{ partitionkey: 'p05.epoch', sequence, subject, time: now - 120_000 },
      data: { pathway: 'ticket', reservation: 1, expiresAt: now - 70_000 },
    });
  return [
    [cloudEvent({ type: 'admit.service.started', partitionkey: 'edge-lost', time: now - 90_000 })],
    [ofTicket('issued', 1, 'presented'), ofTicket('issued', 2, 'not presented')],
    [consumed],
    [ofTicket('reserved', 3, 'presented')],
    [rejected('edge-old', 1, old), rejected('edge-old', 2)],
    [rejected('edge-gap', 1), rejected('edge-gap', 3)],
    [place, { ...place, subject: 'another' }],
    [{ type: 'admit.handshake.rejected' }, rejected('edge-gap', 4)],
    [rejected('edge-gap', 5)],
  ];
}
