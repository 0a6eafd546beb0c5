import { openAuditLog, openPglite } from '@admit-one/adapter-postgres';
import type { AuditLog, CloudEvent } from '@admit-one/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ownSession, sampleEvent } from './events.fixture.ts';
import type { Session } from './session.ts';
import { streamSessionEvents } from './session-events.ts';
import { type TappedAuditLog, tapAuditLog } from './tap-audit-log.ts';

let database: AuditLog;
let auditLog: TappedAuditLog;
let told: CloudEvent[];
let principal: Session;
let tests = 0;

beforeAll(async () => {
  database = await openAuditLog(await openPglite({ memory: true }));
});

afterAll(() => database.close());

beforeEach(() => {
  tests += 1;
  auditLog = tapAuditLog(database);
  told = [];
  principal = { ...ownSession, session: `session-${tests}` };
});

function tell(events: readonly CloudEvent[]): void {
  told.push(...events);
}

function follow(backlog = 100): Promise<() => void> {
  return streamSessionEvents({ auditLog, principal, backlog, send: tell });
}

const ids = (events: readonly CloudEvent[]) => events.map(({ id }) => id);

test('a session is told its events so far in their order, and then each that is stored', async () => {
  const past = [sampleEvent(principal), sampleEvent(principal), sampleEvent(principal)];
  await auditLog.append([...past].reverse());
  await follow();
  expect(ids(told)).toEqual(ids(past));

  const next = sampleEvent(principal);
  await auditLog.append([next]);
  await auditLog.append([next]);
  expect(ids(told)).toEqual(ids([...past, next]));
});

test('of a long past it is told the newest', async () => {
  const past = Array.from({ length: 5 }, () => sampleEvent(principal));
  await auditLog.append(past);
  await follow(2);
  expect(ids(told)).toEqual(ids(past.slice(-2)));
});

test('it is told nothing of another session, of its name at another issuer, or of nobody', async () => {
  const others = () => [
    sampleEvent({ ...principal, session: 'another' }),
    sampleEvent({ ...principal, issuer: 'another' }),
    sampleEvent(null),
  ];
  await auditLog.append(others());
  await follow();
  await auditLog.append(others());
  expect(told).toEqual([]);
});

test('it is told what names nobody but one of its tickets', async () => {
  const issued = sampleEvent(principal);
  await auditLog.append([issued]);
  await follow();
  const type = 'admit.handshake.rejected';
  const of = (ticketId: string) => sampleEvent(null, { type, data: { ticketId } });
  const rejected = of(issued.subject);
  await auditLog.append([rejected, of('ticket-of-somebody')]);
  expect(ids(told)).toEqual(ids([issued, rejected]));
});

test('what is stored while its past is read is told once, and not lost', async () => {
  const before = sampleEvent(principal);
  const meanwhile = sampleEvent(principal);
  await auditLog.append([before]);
  const slow: TappedAuditLog = {
    ...auditLog,
    async query(filter, page) {
      const answer = await auditLog.query(filter, page);
      await auditLog.append([meanwhile]);
      return answer;
    },
  };
  const leave = await streamSessionEvents({ auditLog: slow, principal, backlog: 9, send: tell });
  leave();
  expect(ids(told)).toEqual(ids([before, meanwhile]));

  const early = sampleEvent(principal);
  told = [];
  const quick: TappedAuditLog = {
    ...auditLog,
    async query(filter, page) {
      await auditLog.append([early]);
      return auditLog.query(filter, page);
    },
  };
  await streamSessionEvents({ auditLog: quick, principal, backlog: 9, send: tell });
  expect(ids(told)).toEqual(ids([before, meanwhile, early]));
});

test('whoever has left is told nothing more, and whoever could not begin neither', async () => {
  const leave = await follow();
  leave();
  const broken: TappedAuditLog = { ...auditLog, query: () => Promise.reject(new Error('away')) };
  await expect(streamSessionEvents({ auditLog: broken, principal, backlog: 9, send: tell })).rejects.toThrow(
    'away',
  );
  await auditLog.append([sampleEvent(principal)]);
  expect(told).toEqual([]);
});
