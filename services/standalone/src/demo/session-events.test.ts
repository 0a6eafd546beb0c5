import { openAuditLog, openPglite } from '@admit-one/adapter-postgres';
import type { AuditLog, ReceivedEvent } from '@admit-one/core';
import { appendEvents } from '@admit-one/port-contracts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ownSession, sampleEvent } from './events.fixture.ts';
import type { Session } from './session-events.ts';
import { streamSessionEvents } from './session-events.ts';
import { type TappedAuditLog, tapAuditLog } from './tap-audit-log.ts';

let database: AuditLog;
let auditLog: TappedAuditLog;
let sent: ReceivedEvent[];
let principal: Session;
let tests = 0;

beforeAll(async () => {
  database = await openAuditLog(await openPglite({ memory: true }));
});

afterAll(() => database.close());

beforeEach(() => {
  tests += 1;
  auditLog = tapAuditLog(database);
  sent = [];
  principal = { ...ownSession, session: `session-${tests}` };
});

function send(events: readonly ReceivedEvent[]): void {
  sent.push(...events);
}

function follow(backlog = 100): Promise<() => void> {
  return streamSessionEvents({ auditLog, principal, backlog, send });
}

const ids = (events: readonly ReceivedEvent[]) => events.map(({ id }) => id);

test('sends past events in order, then each new event once', async () => {
  const past = [sampleEvent(principal), sampleEvent(principal), sampleEvent(principal)];
  await appendEvents(auditLog, [...past].reverse());
  await follow();
  expect(ids(sent)).toEqual(ids(past));

  const next = sampleEvent(principal);
  await appendEvents(auditLog, [next]);
  await appendEvents(auditLog, [next]);
  expect(ids(sent)).toEqual(ids([...past, next]));
});

test('sends the latest events of a long past', async () => {
  const past = Array.from({ length: 5 }, () => sampleEvent(principal));
  await appendEvents(auditLog, past);
  await follow(2);
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
  await appendEvents(auditLog, others());
  expect(sent).toEqual([]);
});

test('sends events without a principal that name one of its tickets', async () => {
  const issued = sampleEvent(principal);
  await appendEvents(auditLog, [issued]);
  await follow();
  const type = 'admit.handshake.rejected';
  const of = (ticketId: string) => sampleEvent(null, { type, data: { ticketId } });
  const rejected = of(issued.subject);
  await appendEvents(auditLog, [rejected, of('another-ticket')]);
  expect(ids(sent)).toEqual(ids([issued, rejected]));
});

test('events stored while the past is read are sent once', async () => {
  const before = sampleEvent(principal);
  const meanwhile = sampleEvent(principal);
  await appendEvents(auditLog, [before]);
  const slow: TappedAuditLog = {
    ...auditLog,
    async query(filter, page) {
      const answer = await auditLog.query(filter, page);
      await appendEvents(auditLog, [meanwhile]);
      return answer;
    },
  };
  const unsubscribe = await streamSessionEvents({ auditLog: slow, principal, backlog: 9, send });
  unsubscribe();
  expect(ids(sent)).toEqual(ids([before, meanwhile]));

  const early = sampleEvent(principal);
  sent = [];
  const quick: TappedAuditLog = {
    ...auditLog,
    async query(filter, page) {
      await appendEvents(auditLog, [early]);
      return auditLog.query(filter, page);
    },
  };
  await streamSessionEvents({ auditLog: quick, principal, backlog: 9, send });
  expect(ids(sent)).toEqual(ids([before, meanwhile, early]));
});

test('sends nothing after unsubscribe or a failed start', async () => {
  const unsubscribe = await follow();
  unsubscribe();
  const broken: TappedAuditLog = { ...auditLog, query: () => Promise.reject(new Error('away')) };
  await expect(streamSessionEvents({ auditLog: broken, principal, backlog: 9, send })).rejects.toThrow(
    'away',
  );
  await appendEvents(auditLog, [sampleEvent(principal)]);
  expect(sent).toEqual([]);
});
