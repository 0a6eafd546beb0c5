import { openAuditLog, openPglite } from '@admit-one/adapter-postgres';
import type { AuditLog, ReceivedEvent } from '@admit-one/core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FollowedAuditLog, followed } from './followed-audit-log.ts';
import type { Session } from './session.ts';
import { followSession } from './session-trail.ts';
import { eventOf, ours } from './trail.fixture.ts';

let database: AuditLog;
let auditLog: FollowedAuditLog;
let told: ReceivedEvent[];
let principal: Session;
let tests = 0;

beforeAll(async () => {
  database = await openAuditLog(await openPglite({ memory: true }));
});

afterAll(() => database.close());

beforeEach(() => {
  tests += 1;
  auditLog = followed(database);
  told = [];
  principal = { ...ours, session: `session-${tests}` };
});

function tell(events: readonly ReceivedEvent[]): void {
  told.push(...events);
}

function follow(backlog = 100): Promise<() => void> {
  return followSession({ auditLog, principal, backlog, tell });
}

const ids = (events: readonly ReceivedEvent[]) => events.map(({ id }) => id);

test('a session is told its events so far in their order, and then each that is stored', async () => {
  const past = [eventOf(principal), eventOf(principal), eventOf(principal)];
  await auditLog.append([...past].reverse());
  await follow();
  expect(ids(told)).toEqual(ids(past));

  const next = eventOf(principal);
  await auditLog.append([next]);
  await auditLog.append([next]);
  expect(ids(told)).toEqual(ids([...past, next]));
});

test('of a long past it is told the newest', async () => {
  const past = Array.from({ length: 5 }, () => eventOf(principal));
  await auditLog.append(past);
  await follow(2);
  expect(ids(told)).toEqual(ids(past.slice(-2)));
});

test('it is told nothing of another session, of its name at another issuer, or of nobody', async () => {
  const others = () => [
    eventOf({ ...principal, session: 'another' }),
    eventOf({ ...principal, issuer: 'another' }),
    eventOf(null),
  ];
  await auditLog.append(others());
  await follow();
  await auditLog.append(others());
  expect(told).toEqual([]);
});

test('it is told what names nobody but one of its tickets', async () => {
  const issued = eventOf(principal);
  await auditLog.append([issued]);
  await follow();
  const type = 'admit.handshake.rejected';
  const of = (ticketId: string) => eventOf(null, { type, data: { ticketId } });
  const rejected = of(issued.subject);
  await auditLog.append([rejected, of('ticket-of-somebody')]);
  expect(ids(told)).toEqual(ids([issued, rejected]));
});

test('what is stored while its past is read is told once, and not lost', async () => {
  const before = eventOf(principal);
  const meanwhile = eventOf(principal);
  await auditLog.append([before]);
  const slow: FollowedAuditLog = {
    ...auditLog,
    async query(filter, page) {
      const answer = await auditLog.query(filter, page);
      await auditLog.append([meanwhile]);
      return answer;
    },
  };
  const leave = await followSession({ auditLog: slow, principal, backlog: 9, tell });
  leave();
  expect(ids(told)).toEqual(ids([before, meanwhile]));

  const early = eventOf(principal);
  told = [];
  const quick: FollowedAuditLog = {
    ...auditLog,
    async query(filter, page) {
      await auditLog.append([early]);
      return auditLog.query(filter, page);
    },
  };
  await followSession({ auditLog: quick, principal, backlog: 9, tell });
  expect(ids(told)).toEqual(ids([before, meanwhile, early]));
});

test('whoever has left is told nothing more, and whoever could not begin neither', async () => {
  const leave = await follow();
  leave();
  const broken: FollowedAuditLog = { ...auditLog, query: () => Promise.reject(new Error('away')) };
  await expect(followSession({ auditLog: broken, principal, backlog: 9, tell })).rejects.toThrow('away');
  await auditLog.append([eventOf(principal)]);
  expect(told).toEqual([]);
});
