import { type AuditLog, AuditLogError, newId, type ReceivedEvent } from '@admit-one/core';
import { appendEvents, cloudEvent, filterOf, withoutPosition } from '@admit-one/port-contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAuditLog, openAuditLog } from '../open-audit-log.ts';
import { describeOnBothEngines } from '../sql/engines.fixture.ts';
import type { Sql } from '../sql/sql.ts';

function eventOf(data: Readonly<Record<string, unknown>>): ReceivedEvent {
  return cloudEvent({ type: 'admit.handshake.rejected', data });
}

describeOnBothEngines((_engine, openEmpty) => {
  let sql: Sql;
  let log: AuditLog;

  beforeAll(async () => {
    sql = await openEmpty();
    log = await openAuditLog(sql);
  });
  afterAll(() => log?.close());

  describe('what user data cannot do', () => {
    const text = fc.string({ unit: 'binary', maxLength: 600 });
    const principal = fc.record({ issuer: text, session: text, user: fc.option(text) });
    const data = fc.record(
      {
        principal,
        connection: text,
        reason: text,
        ticketId: text,
        count: fc.jsonValue(),
        more: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );

    test('keep an event from being stored, found and given back unchanged', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(data, { minLength: 1, maxLength: 5 }), async (all) => {
          const events = all.map(eventOf).map((event) => JSON.parse(JSON.stringify(event)) as ReceivedEvent);
          expect((await appendEvents(log, events)).stored).toEqual(events);
          for (const event of events) {
            const { session } = (event.data.principal ?? {}) as { session?: string };
            const found = await log.query(filterOf({ session: session || undefined }), {
              limit: 50,
              order: 'desc',
            });
            expect(found.events.map(withoutPosition)).toContainEqual(event);
          }
        }),
        { numRuns: 50 },
      );
    });

    test('exhaust the database by nesting', async () => {
      const event = eventOf({ deep: JSON.parse(`${'['.repeat(2_000)}${']'.repeat(2_000)}`) });
      expect((await appendEvents(log, [event])).stored).toHaveLength(1);
    });
  });

  test('finds a rejected handshake by the ticket that it names', async () => {
    const event = eventOf({ ticketId: newId() });
    await appendEvents(log, [event]);
    const found = await log.query(filterOf({ ticket: event.data.ticketId as string }), {
      limit: 10,
      order: 'asc',
    });
    expect(found.events.map(withoutPosition)).toEqual([event]);
  });

  test('keeps a dead letter once, however often it is delivered', async () => {
    const deadLetter = {
      subject: `admit.event.${newId()}`,
      issue: 'not JSON',
      body: Buffer.from([0, 255, 1]),
    };
    await log.keepDeadLetters([deadLetter]);
    await log.keepDeadLetters([deadLetter, { ...deadLetter, body: Buffer.from([2]) }]);
    const kept = await sql.query<{ body: Uint8Array }>(
      'SELECT body FROM dead_letter WHERE subject = $1 ORDER BY length(body)',
      [deadLetter.subject],
    );
    expect(kept.map(({ body }) => [...body])).toEqual([[2], [0, 255, 1]]);
  });

  test('says that it is unavailable where the database fails, with the cause', async () => {
    const broken = createAuditLog({ ...sql, query: () => Promise.reject(new Error('disk full')) });
    const failure = await broken.ping().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AuditLogError);
    expect(failure).toMatchObject({ code: 'unavailable', cause: { message: 'disk full' } });
  });
});
