import { AuditLogError, type ReceivedEvent } from '@admit-one/core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import {
  type Engines,
  eventOf,
  type Fixture,
  publish,
  startEngines,
  startFixture,
} from '../../audit-service.fixture.ts';

let engines: Engines;
let fixture: Fixture;
let tests = 0;
let session: string;

beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines?.close());

// Each has its own bus: a new generation of the stream, which only its own events are in.
beforeEach(async () => {
  tests += 1;
  session = `session-${tests}`;
  fixture = await startFixture(engines);
});
afterEach(() => fixture.stop());

/** What the server sent up to now, as one text, and whether it has ended. */
interface Reading {
  readonly status: number;
  readonly type: string | null;
  text: string;
  ended: boolean;
  stop(): void;
}

async function read(query: string, headers: Readonly<Record<string, string>> = {}): Promise<Reading> {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const response = await fixture.fetch(`/api/v1/audit/stream?${query}`, { headers, signal: abort.signal });
  const reading: Reading = {
    status: response.status,
    type: response.headers.get('content-type'),
    text: '',
    ended: false,
    stop: () => abort.abort(),
  };
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  const next = async (): Promise<void> => {
    const { done, value } = (await reader?.read()) ?? { done: true };
    reading.text += decoder.decode(value, { stream: true });
    reading.ended = done;
    if (!done) await next();
  };
  next().catch(() => {
    reading.ended = true;
  });
  return reading;
}

function sample(data: object = {}): ReceivedEvent {
  return eventOf({
    type: 'admit.handshake.rejected',
    data: { reason: 'origin_blocked', principal: { session }, ...data },
  });
}

/** The events of the session that are in the audit log. */
async function stored() {
  const filter = { facts: { session: { include: [session] } } };
  return (await engines.auditLog.query(filter, { limit: 10, order: 'asc' })).events;
}

const idsIn = ({ text }: Reading) =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json ?? '').id);

test('sends new events that meet the filter, and their positions', async () => {
  await publish(fixture.bus, [sample()]);
  await expect.poll(stored).toHaveLength(1);
  const reading = await read(`session=${session}`);
  expect([reading.status, reading.type]).toEqual([200, 'text/event-stream']);
  await expect.poll(() => reading.text).toMatch(/^: heartbeat\n\n: heartbeat (\d+\.\d+\.\d+)\nid: \1\n\n$/);
  const event = sample({ text: 'two\nlines \u2028' });
  await publish(fixture.bus, [eventOf({ data: { reason: 'rate_limited' } }), event]);
  await expect.poll(() => idsIn(reading)).toEqual([event.id]);
  expect(reading.text).toMatch(/\n\nid: \d+\.\d+\.\d+\nevent: admit\ndata: \{.*\}\n\n$/);
});

test('continues behind a position, and behind Last-Event-ID before that', async () => {
  const events = [sample(), sample(), sample()];
  await publish(fixture.bus, events);
  const all = await read(`session=${session}&since=0.0.0`);
  await expect.poll(() => idsIn(all)).toEqual(events.map(({ id }) => id));
  const [, first] = /^id: (.*)\nevent/m.exec(all.text) ?? [];
  const later = await read(`session=${session}&since=0.0.0`, { 'last-event-id': first ?? '' });
  const next = sample();
  await publish(fixture.bus, [next]);
  await expect.poll(() => idsIn(later)).toEqual([events[1]?.id, events[2]?.id, next.id]);
});

test('tells at the start where a client continues that is cut off before it has an event', async () => {
  const reading = await read(`session=${session}`);
  const position = () => /^: heartbeat (\S+)$/m.exec(reading.text)?.[1];
  await expect.poll(position).toBeDefined();
  reading.stop();
  const missed = sample();
  await publish(fixture.bus, [missed]);
  const next = await read(`session=${session}`, { 'last-event-id': position() ?? '' });
  await expect.poll(() => idsIn(next)).toEqual([missed.id]);
});

test('shows events as OCSF on demand', async () => {
  await publish(fixture.bus, [sample()]);
  const reading = await read(`session=${session}&since=0.0.0&format=ocsf`);
  await expect.poll(() => reading.text).toContain('"class_uid":3002');
});

test.each<[string, Record<string, string>, string]>([
  ['reason=x', {}, 'reason must be one of '],
  ['limit=5', {}, 'There is no parameter "limit" here, only type, '],
  ['since=now', {}, 'since must be the position of an event, such as 1.48213.0.'],
  ['since=999999999.9.9', {}, 'start without since, or from an earlier position'],
  ['', { 'last-event-id': '999999999.9.9' }, 'start without since, or from an earlier position'],
  ['', { 'last-event-id': 'x' }, 'Last-Event-ID must be the position of an event, such as 1.48213.0.'],
])('rejects ?%s, %j, and says why', async (query, headers, detail) => {
  const response = await fixture.fetch(`/api/v1/audit/stream?${query}`, { headers });
  expect([response.status, (await response.json()).detail]).toEqual([400, expect.stringContaining(detail)]);
});

test('an operator has a limited number of streams; an ended one makes room', async () => {
  const readings = await Promise.all(Array.from({ length: 8 }, () => read(`session=${session}`)));
  expect(readings.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
  const response = await fixture.fetch('/api/v1/audit/stream');
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '5']);
  readings[0]?.stop();
  await expect.poll(async () => (await read(`session=${session}`)).status).toBe(200);
});

test('its start and its end are recorded, with the number of events', async () => {
  const reading = await read(`session=${session}`);
  await publish(fixture.bus, [sample(), sample()]);
  await expect.poll(() => idsIn(reading)).toHaveLength(2);
  reading.stop();
  const accesses = async () => {
    const filter = {
      facts: { type: { include: ['admit.audit.accessed'] }, source: { include: [fixture.instance] } },
    };
    const { events } = await engines.auditLog.query(filter, { limit: 10, order: 'asc' });
    return events.map(({ data }) => data);
  };
  await expect.poll(accesses).toMatchObject([
    { access: 'live_view_started', query: `session=${session}`, eventCount: 0 },
    { access: 'live_view_ended', query: `session=${session}`, eventCount: 2 },
  ]);
});

test('ends when the service stops', async () => {
  const reading = await read(`session=${session}`);
  await fixture.stop();
  await expect.poll(() => reading.ended).toBe(true);
});

test('a log that does not answer is 503', async () => {
  const broken = await startFixture(engines, {
    auditLog: {
      ...engines.auditLog,
      streams: () => Promise.reject(new AuditLogError('unavailable', 'away')),
    },
  });
  onTestFinished(() => broken.stop());
  const response = await broken.fetch('/api/v1/audit/stream');
  expect([response.status, (await response.json()).code]).toEqual([503, 'AUDIT_UNAVAILABLE']);
});
