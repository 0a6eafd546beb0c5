import {
  type AuditLog,
  AuditLogError,
  type EventTotal,
  type EventType,
  newId,
  type ReceivedEvent,
} from '@admit-one/core';
import { withoutPosition } from '@admit-one/port-contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  type Engines,
  eventOf,
  type Fixture,
  type FixtureOptions,
  publish,
  startEngines,
  startFixture,
} from './audit-service.fixture.ts';

let engines: Engines;

beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines.close());
beforeEach(() => engines.clear());

async function start(options?: FixtureOptions): Promise<Fixture> {
  const fixture = await startFixture(engines, options);
  onTestFinished(() => fixture.stop());
  return fixture;
}

async function stored(type: EventType): Promise<readonly ReceivedEvent[]> {
  const filter = { facts: { type: { include: [type] } } };
  const { events } = await engines.auditLog.query(filter, { limit: 1000, order: 'asc' });
  return events.map(withoutPosition);
}

const rejections = 'type="admit.handshake.rejected",reason="ticket_missing"';

describe('the ingest', () => {
  test('brings what is published into the audit log, counts it, and tells how far behind it is', async () => {
    const { bus, metric } = await start();
    const events = [1, 2, 3].map((sequence) =>
      eventOf({ partitionkey: 'edge', sequence, time: Date.now() - 5_000 }),
    );
    await publish(bus, events);
    await publish(bus, [
      eventOf({ data: { reason: 'ticket_missing', count: 40 }, time: Date.now() - 5_000 }),
    ]);
    await expect.poll(() => metric('admit_events_total', rejections)).toBe(43);
    expect(await stored('admit.handshake.rejected')).toEqual(expect.arrayContaining(events));
    expect(await metric('admit_audit_lag_seconds')).toBeGreaterThanOrEqual(0);
  });

  test('tells of itself in the same audit log, its end included', async () => {
    const { instance, stop } = await start();
    await stop();
    expect(await stored('admit.service.started')).toMatchObject([{ source: instance }]);
    expect(await stored('admit.service.stopped')).toMatchObject([{ source: instance }]);
  });

  test('labels what is not in the reasons table as other', async () => {
    const { bus, metric } = await start();
    await publish(bus, [eventOf({ data: { reason: newId() } }), eventOf({ data: { reason: newId() } })]);
    await publish(bus, [eventOf({ type: 'admit.connection.renewed', data: {} })]);
    await expect
      .poll(() => metric('admit_events_total', 'type="admit.handshake.rejected",reason="other"'))
      .toBe(2);
    await expect
      .poll(() => metric('admit_events_total', 'type="admit.connection.renewed",reason=""'))
      .toBe(1);
  });

  test('keeps counts exact where a commit is not heard of, and deliveries come again', async () => {
    const unheard = failingOnce(engines.auditLog, 'append');
    const { bus, metric, logs } = await start({ auditLog: unheard });
    await publish(bus, [eventOf(), eventOf({ data: { reason: 'ticket_missing', count: 5 } })]);
    await expect.poll(() => metric('admit_audit_ingest_failures_total')).toBe(1);
    await publish(bus, [eventOf()]);
    await expect.poll(() => metric('admit_events_total', rejections)).toBe(7);
    expect(await stored('admit.handshake.rejected')).toHaveLength(3);
    expect(totalOf(await engines.auditLog.totals(), 'admit.handshake.rejected')).toBe(7);
    expect(logs.named('ingest_failed')).toMatchObject([{ severity: 'DEBUG' }]);
  });

  test('keeps counts exact where the delivery fails after its events were stored', async () => {
    let isStored = false;
    const auditLog: AuditLog = {
      ...engines.auditLog,
      async append(messages) {
        const appended = await engines.auditLog.append(messages);
        // The service's own events may be a delivery before.
        isStored ||= appended.stored.some(({ type }) => type === 'admit.handshake.rejected');
        return appended;
      },
    };
    const { bus, metric } = await start({
      auditLog: failingOnce(auditLog, 'keepDeadLetters', () => isStored),
    });
    await publish(bus, [eventOf(), eventOf()]);
    await expect.poll(() => metric('admit_audit_ingest_failures_total')).toBe(1);
    await expect.poll(() => metric('admit_events_total', rejections)).toBe(2);
    await expect.poll(() => metric('admit_audit_repeated_events_total')).toBeGreaterThanOrEqual(2);
    expect(await metric('admit_events_total', rejections)).toBe(2);
  });

  test('shows the same counts at every replica, whichever stored the events', async () => {
    const [one, two] = await Promise.all([start(), start()]);
    const events = [eventOf(), eventOf()];
    await publish(one.bus, events);
    await publish(two.bus, [...events, eventOf()]);
    for (const { metric } of [one, two])
      await expect.poll(() => metric('admit_events_total', rejections)).toBe(3);
  });

  test('tells of another event stream than the one before', async () => {
    const first = await start();
    await publish(first.bus, [eventOf()]);
    await expect.poll(() => stored('admit.handshake.rejected')).toHaveLength(1);
    expect(first.logs.named('event_stream_replaced')).toEqual([]);
    await first.stop();
    const second = await start();
    await publish(second.bus, [eventOf()]);
    await expect
      .poll(() => second.logs.named('event_stream_replaced'))
      .toMatchObject([{ generation: 2, severity: 'INFO' }]);
    await expect.poll(() => second.metric('admit_audit_stream_generation')).toBe(2);
    const { body } = await second.get('/api/v1/audit/completeness?all=true');
    expect(body.streams).toMatchObject([
      { generation: 2, state: 'current' },
      { generation: 1, state: 'replaced' },
    ]);
  });

  test('counts from where the audit log is after a restart', async () => {
    const first = await start();
    const events = [eventOf(), eventOf()];
    await publish(first.bus, events);
    await expect.poll(() => first.metric('admit_events_total', rejections)).toBe(2);
    await first.stop();

    const second = await start();
    expect(await second.metric('admit_events_total', rejections)).toBe(2);
    await publish(second.bus, [...events, eventOf()]);
    await expect.poll(() => second.metric('admit_events_total', rejections)).toBe(3);
  });

  test('keeps a message with an invalid event as a dead letter, stores its valid events, and continues', async () => {
    const { bus, metric, logs } = await start();
    const good = eventOf();
    const asStore = eventOf({ partitionkey: 'p03.epoch' });
    await publish(bus, [good, asStore, { ...good, id: 7 } as unknown as ReceivedEvent]);
    await publish(bus, [eventOf({ type: 'admit.ticket.issued', partitionkey: 'an-edge' })]);
    await publish(bus, [eventOf({ type: 'admit.alert.fired', data: {} })]);
    await expect.poll(() => metric('admit_audit_rejected_events_total', 'why="not_an_event"')).toBe(3);
    await expect.poll(() => stored('admit.alert.fired')).toHaveLength(1);
    expect(await stored('admit.handshake.rejected')).toEqual([good]);
    expect(await stored('admit.ticket.issued')).toEqual([]);
    const deadLetters = await engines.sql.query<{ subject: string; issue: string; body: Uint8Array }>(
      'SELECT subject, issue, body FROM dead_letter ORDER BY subject',
    );
    expect(deadLetters.map(({ subject }) => subject)).toEqual([
      'admit.event.handshake.rejected',
      'admit.event.ticket.issued',
    ]);
    expect(deadLetters[0]?.issue).toMatch(/^\[1\]: .* may not be published under .*; \[2\]: id is not/);
    expect(JSON.parse(Buffer.from(deadLetters[0]?.body ?? []).toString())).toContainEqual(asStore);
    expect(logs.named('dead_letter_kept')).toHaveLength(2);
  });
});

test('a bug of the ingest is logged in full, though other deliveries are stored', async () => {
  const failing = vi.spyOn(engines.auditLog, 'keepDeadLetters').mockRejectedValueOnce(new TypeError('a bug'));
  onTestFinished(() => failing.mockRestore());
  const { bus, logs } = await start();
  const event = eventOf({ partitionkey: 'edge' });
  await publish(bus, [event]);
  await expect.poll(() => stored('admit.handshake.rejected')).toEqual([event]);
  await expect
    .poll(() => logs.named('ingest_failed'))
    .toMatchObject([
      { severity: 'ERROR', err: { type: 'TypeError', stack: expect.stringContaining('service.test') } },
    ]);
});

describe('an event that claims more than it may', () => {
  test('is kept aside where another has its place, counted once, and shown', async () => {
    const { bus, metric, logs, get } = await start();
    const event = eventOf({ partitionkey: 'edge' });
    const forged = { ...event, subject: newId() };
    await publish(bus, [event, forged]);
    await publish(bus, [forged]);
    await expect.poll(() => metric('admit_audit_conflicting_events')).toBe(1);
    expect(await stored('admit.handshake.rejected')).toEqual([event]);
    await expect.poll(() => metric('admit_events_total', rejections)).toBe(1);
    expect(logs.named('event_conflict_kept')).toMatchObject([
      { severity: 'ERROR', partitionkey: 'edge', sequence: event.sequence, type: event.type },
    ]);
    const { body } = await get('/api/v1/audit/sequences?incomplete=true');
    expect(body.partitions).toMatchObject([{ partitionkey: 'edge', conflictCount: 1, missingCount: 0 }]);
    expect(await engines.sql.query('SELECT event FROM event_conflict')).toEqual([
      { event: JSON.stringify(forged) },
    ]);
  });

  test('is a dead letter where its sequence is out of reach, and leaves no hole', async () => {
    const { bus, metric, logs, get } = await start();
    const key = 'p03.epoch';
    const consumed = (sequence: number) =>
      eventOf({ type: 'admit.ticket.consumed', partitionkey: key, sequence, data: { user: 'ceo' } });
    await publish(bus, [consumed(1), consumed(2)]);
    await publish(bus, [consumed(9_000_000_000_000_000), consumed(3)]);
    await publish(bus, [
      eventOf({ type: 'admit.store.acknowledged', data: { epoch: key, lastSequence: 9e15 } }),
    ]);
    const kept = () => metric('admit_audit_rejected_events_total', 'why="sequence_out_of_range"');
    await expect.poll(kept).toBe(2);
    const { body } = await get('/api/v1/audit/sequences');
    const partitions = body.partitions as readonly { readonly partitionkey: string }[];
    expect(partitions.find(({ partitionkey }) => partitionkey === key)).toMatchObject({
      ...{ last: 3, announced: 3, missingCount: 0, conflictCount: 0 },
    });
    expect(await stored('admit.ticket.consumed')).toHaveLength(3);
    expect(logs.named('dead_letter_kept')).toHaveLength(2);
    const [{ issue } = { issue: '' }] = await engines.sql.query<{ issue: string }>(
      `SELECT issue FROM dead_letter WHERE subject LIKE '%consumed'`,
    );
    expect(issue).toMatch(/^sequence 9000000000000000 of p03.epoch is more than 1000000 away from/);
  });

  test('is a dead letter where the database rejects a value of it, and stops no other', async () => {
    await engines.sql.query(
      `CREATE FUNCTION reject() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'no value for a column' USING ERRCODE = 'data_exception'; END $$`,
    );
    await engines.sql.query(
      `CREATE TRIGGER reject BEFORE INSERT ON event FOR EACH ROW WHEN (NEW.reason = 'no value') EXECUTE FUNCTION reject()`,
    );
    onTestFinished(async () => {
      await engines.sql.query('DROP FUNCTION reject CASCADE');
    });
    const { bus, metric, logs } = await start();
    const [first, bad, last] = [1, 2, 3].map((sequence) =>
      eventOf({
        partitionkey: 'edge',
        sequence,
        data: { reason: sequence === 2 ? 'no value' : 'bad_upgrade' },
      }),
    ) as [ReceivedEvent, ReceivedEvent, ReceivedEvent];
    await publish(bus, [first, bad, { ...first, subject: newId() }, last]);
    await expect.poll(() => metric('admit_audit_rejected_events_total', 'why="not_storable"')).toBe(1);
    expect(logs.named('event_conflict_kept')).toHaveLength(1);
    expect(await stored('admit.handshake.rejected')).toEqual([first, last]);
    expect(await engines.sql.query('SELECT issue FROM dead_letter')).toEqual([
      { issue: expect.stringContaining('no value for a column') },
    ]);
  });

  test.each<[EventType, string]>([
    ['admit.connection.closed', 'p03.epoch'],
    ['admit.ticket.consumed', 'ws-edge-1'],
    ['admit.ticket.consumed', 'p16.epoch'],
    ['admit.connection.closed', 'ticket-service-1'],
    ['admit.store.acknowledged', 'ws-edge-1'],
    ['admit.connection.closed', 'audit.log'],
  ])('is a dead letter where %s is published under %s', async (type, partitionkey) => {
    const { bus, metric } = await start();
    await publish(bus, [eventOf({ type, partitionkey })]);
    await expect.poll(() => metric('admit_audit_rejected_events_total', 'why="not_an_event"')).toBe(1);
    expect(await stored(type)).toEqual([]);
  });
});

describe('the gap watch', () => {
  const config = { gapGraceMs: 50 };

  test('tells of a lost event once, shows it, and tells when it has come after all', async () => {
    const { bus, metric, logs } = await start({ config });
    const [one, two, three] = [1, 2, 3].map((sequence) => eventOf({ partitionkey: 'edge', sequence })) as [
      ReceivedEvent,
      ReceivedEvent,
      ReceivedEvent,
    ];
    await publish(bus, [one, three]);
    await expect.poll(() => metric('admit_audit_missing_events')).toBe(1);
    expect(logs.named('events_missing')).toMatchObject([
      { severity: 'ERROR', partitionkey: 'edge', missing: [[2, 2]] },
    ]);
    await publish(bus, [two]);
    await expect.poll(() => metric('admit_audit_missing_events')).toBe(0);
    expect(logs.named('missing_events_arrived')).toMatchObject([{ severity: 'INFO', partitionkey: 'edge' }]);
    expect(logs.named('events_missing')).toHaveLength(1);
  });

  test('tells of an empty restart of the store: what was acknowledged and never came, and the unknown tail', async () => {
    const { bus, metric, logs, get } = await start({ config });
    const epoch = 'p03.old';
    const acknowledged = { epoch, lastSequence: 30 };
    await publish(bus, [eventOf({ type: 'admit.store.acknowledged', data: acknowledged })]);
    const data = { previousEpoch: null, lastSequence: 0 };
    await publish(bus, [eventOf({ type: 'admit.store.started', partitionkey: 'p03.new', data })]);
    await expect.poll(() => metric('admit_audit_missing_events')).toBe(30);
    expect(logs.named('events_missing')).toMatchObject([{ partitionkey: epoch, missing: [[1, 30]] }]);
    await expect.poll(() => metric('admit_audit_partition_keys', 'state="tail_unknown"')).toBe(1);
    await expect
      .poll(() => logs.named('tail_unknown'))
      .toMatchObject([{ severity: 'WARNING', count: 1, tails: [{ partitionkey: epoch }] }]);
    const { body } = await get('/api/v1/audit/sequences?incomplete=true');
    expect(body.partitions).toMatchObject([{ partitionkey: epoch, missingCount: 30, state: 'tail_unknown' }]);
  });

  test('says so where it cannot look', async () => {
    // The ingest asks too, for the keys of what it stores.
    const isLook = (options: unknown) => (options as { readonly incompleteOnly?: boolean }).incompleteOnly;
    const { logs } = await start({ auditLog: failingOnce(engines.auditLog, 'sequences', isLook) });
    await expect.poll(() => logs.named('gap_check_failed')).toHaveLength(1);
  });
});

describe('an edge that falls silent', () => {
  const config = { gapGraceMs: 50, silentMs: 1_500 };
  const ofEdge = (type: EventType, sequence: number, data = {}) =>
    eventOf({ type, partitionkey: 'ws-edge-1', sequence, data });
  const consumed = eventOf({
    type: 'admit.ticket.consumed',
    partitionkey: 'p03.epoch',
    data: { connection: 'c', handshake: 'h', context: { edge: 'ws-edge-1', route: 'chat' } },
  });

  test('has an unknown tail, and its connections are closed once, by whichever replica', async () => {
    const replicas = await Promise.all([start({ config }), start({ config })]);
    const [{ bus, logs }] = replicas;
    await publish(bus, [ofEdge('admit.service.started', 1)]);
    await publish(bus, [consumed]);
    await expect
      .poll(() => stored('admit.connection.closed'))
      .toMatchObject([
        {
          ...{ subject: 'c', partitionkey: 'audit.log' },
          data: { connection: 'c', ticketId: consumed.subject, reason: 'edge_lost' },
        },
      ]);
    await expect.poll(() => logs.named('tail_unknown')).toMatchObject([{ count: 1 }]);
    const closedLines = replicas.flatMap((replica) => replica.logs.named('lost_connections_closed'));
    expect(closedLines).toMatchObject([{ severity: 'WARNING', connections: 1 }]);
    const closed = 'type="admit.connection.closed",reason="edge_lost"';
    for (const { metric } of replicas) await expect.poll(() => metric('admit_events_total', closed)).toBe(1);
    expect(await stored('admit.connection.closed')).toHaveLength(1);
  });

  test('is not lost while this service cannot know', async () => {
    const { bus, service, logs } = await start({
      config,
      auditLog: unheardOf(engines.auditLog),
    });
    await publish(bus, [ofEdge('admit.service.started', 1)]);
    await publish(bus, [consumed]);
    const heard = async () =>
      (await engines.auditLog.sequences({ partitionkeys: ['ws-edge-1'] })).map(({ seenAt }) =>
        Date.parse(seenAt),
      );
    await expect.poll(heard).toHaveLength(1);
    const [since] = (await heard()) as [number];
    await expect.poll(() => Date.now()).toBeGreaterThan(since + 3 * config.silentMs);
    await service.stop();
    expect(logs.named('tail_unknown')).toEqual([]);
    expect(await stored('admit.connection.closed')).toEqual([]);
  });
});

test('is ready while audit log and bus answer', async () => {
  const { service, stop } = await start({ auditLog: failingOnce(engines.auditLog, 'ping') });
  await expect(service.readiness.auditLog?.problem()).rejects.toBeInstanceOf(AuditLogError);
  await expect.poll(() => service.readiness.auditLog?.problem()).toBeNull();
  expect(await service.readiness.bus?.problem()).toBeNull();
  await stop();
  expect(await service.readiness.bus?.problem()).toEqual(expect.any(String));
});

test('starts on an audit log that does not answer yet, and is ready when it does', async () => {
  let isAway = true;
  const auditLog: AuditLog = {
    ...engines.auditLog,
    async totals() {
      if (isAway) throw new AuditLogError('unavailable', 'it does not answer yet');
      return engines.auditLog.totals();
    },
  };
  const { service, bus, logs } = await start({ auditLog });
  expect(await service.readiness.ingest?.problem()).toEqual(expect.any(String));
  expect(logs.named('ingest_not_started')[0]).toMatchObject({ severity: 'DEBUG' });
  isAway = false;
  await publish(bus, [eventOf()]);
  await expect.poll(() => service.readiness.ingest?.problem()).toBeNull();
  await expect.poll(() => stored('admit.handshake.rejected')).toHaveLength(1);
});

/** Does what it is told, but the first answer of one method is lost. @param isMeant whether that to this call may be it */
function failingOnce(
  auditLog: AuditLog,
  method: keyof AuditLog,
  isMeant: (options: unknown) => boolean | undefined = () => true,
): AuditLog {
  let failed = false;
  return new Proxy(auditLog, {
    get(target, name, receiver) {
      const original = Reflect.get(target, name, receiver) as (...values: unknown[]) => Promise<unknown>;
      if (name !== method) return original;
      return async (...values: unknown[]) => {
        const answer = await original(...values);
        if (failed || !isMeant(values[0])) return answer;
        failed = true;
        throw new AuditLogError('unavailable', 'the answer was lost');
      };
    },
  });
}

/** An audit log that does not show whether this service's own events come through. */
function unheardOf(auditLog: AuditLog): AuditLog {
  return {
    ...auditLog,
    sequences: (options) =>
      options?.partitionkeys?.length === 1 ? Promise.resolve([]) : auditLog.sequences(options),
  };
}

function totalOf(totals: readonly EventTotal[], type: EventType): number {
  return totals.filter((total) => total.type === type).reduce((sum, { count }) => sum + count, 0);
}
