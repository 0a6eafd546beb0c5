import { openAuditLog, openPglite } from '@admit-one/adapter-postgres';
import { createLiveTail, type LiveTail } from '@admit-one/audit-service';
import type { AuditLog, ReceivedEvent } from '@admit-one/core';
import { appendEvents } from '@admit-one/port-contracts';
import { openEmptyDatabase } from '@admit-one/testkit';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { ownSession, sampleEvent } from './events.fixture.ts';
import type { Session } from './session-events.ts';
import { streamSessionEvents } from './session-events.ts';

let auditLog: AuditLog;
let tail: LiveTail;
let sent: ReceivedEvent[];
let principal: Session;
let tests = 0;

beforeAll(async () => {
  auditLog = await openAuditLog(await openEmptyDatabase(openPglite));
  tail = createLiveTail({ auditLog, intervalMs: 10, onRead: () => {} });
});

afterAll(() => auditLog.close());

beforeEach(() => {
  tests += 1;
  sent = [];
  principal = { ...ownSession, session: `session-${tests}` };
});

async function follow(options: { backlog?: number; query?: AuditLog['query'] } = {}): Promise<() => void> {
  const { backlog = 100, query = auditLog.query } = options;
  const send = (events: readonly ReceivedEvent[]) => void sent.push(...events);
  const unsubscribe = await streamSessionEvents({ auditLog: { query }, tail, principal, backlog, send });
  onTestFinished(unsubscribe);
  return unsubscribe;
}

/** Stores events, and then one of the session; resolves when that was sent. Returns its id. */
async function store(...events: readonly ReceivedEvent[]): Promise<string> {
  const last = sampleEvent(principal);
  await appendEvents(auditLog, [...events, last]);
  await expect.poll(() => ids(sent)).toContain(last.id);
  return last.id;
}

const ids = (events: readonly ReceivedEvent[]) => events.map(({ id }) => id);

test('sends past events in order, then each new event once', async () => {
  const past = [sampleEvent(principal), sampleEvent(principal), sampleEvent(principal)];
  await appendEvents(auditLog, [...past].reverse());
  await follow();
  expect(ids(sent)).toEqual(ids(past));

  const next = sampleEvent(principal);
  await appendEvents(auditLog, [next]);
  const last = await store(next);
  expect(ids(sent)).toEqual([...ids([...past, next]), last]);
});

test('sends the latest events of a long past', async () => {
  const past = Array.from({ length: 5 }, () => sampleEvent(principal));
  await appendEvents(auditLog, past);
  await follow({ backlog: 2 });
  expect(ids(sent)).toEqual(ids(past.slice(-2)));
});

test('sends no events of other sessions, other issuers or without a session', async () => {
  const others = () => [
    sampleEvent({ ...principal, session: 'another' }),
    sampleEvent({ ...principal, issuer: 'another' }),
    sampleEvent(null),
  ];
  await appendEvents(auditLog, others());
  await follow();
  const last = await store(...others());
  expect(ids(sent)).toEqual([last]);
});

test('sends events without a principal that name one of its tickets', async () => {
  const issued = sampleEvent(principal);
  await appendEvents(auditLog, [issued]);
  await follow();
  const type = 'admit.handshake.rejected';
  const of = (ticketId: string) => sampleEvent(null, { type, data: { ticketId } });
  const rejected = of(issued.subject);
  const last = await store(rejected, of('another-ticket'));
  expect(ids(sent)).toEqual([...ids([issued, rejected]), last]);
});

test('events stored while the past is read are sent once', async () => {
  const [before, early, late] = [sampleEvent(principal), sampleEvent(principal), sampleEvent(principal)];
  await appendEvents(auditLog, [before]);
  await follow({
    async query(filter, page) {
      await appendEvents(auditLog, [early]);
      const answer = await auditLog.query(filter, page);
      await appendEvents(auditLog, [late]);
      return answer;
    },
  });
  const last = await store();
  expect(ids(sent)).toEqual([...ids([before, early, late]), last]);
});

test('sends nothing after unsubscribe or a failed start', async () => {
  const unsubscribe = await follow();
  unsubscribe();
  const query = () => Promise.reject(new Error('away'));
  await expect(follow({ query })).rejects.toThrow('away');
  const missed = sampleEvent(principal);
  await appendEvents(auditLog, [missed]);
  await follow({ backlog: 1 });
  const last = await store();
  expect(ids(sent)).toEqual([missed.id, last]);
});
