import { appendEvents, cloudEvent, filterOf, withoutPosition } from '@admit-one/port-contracts';
import { expect, onTestFinished, test } from 'vitest';
import { createAuditLog } from '../open-audit-log.ts';
import { describeOnBothEngines } from './engines.fixture.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations.ts';
import type { Sql } from './sql.ts';

/** The schema that identified events by their id. */
const BY_ID = 2;

/** Stores an event as that version did. */
async function storeById(sql: Sql, event: ReturnType<typeof cloudEvent>, secondsAgo: number): Promise<void> {
  await sql.query(
    `INSERT INTO event (id, time, partition_key, sequence, type, source, subject, count, event, stored_at)
     VALUES ($1, $2, $3, $4, $5, 's', 's', 1, $6, now() - $7 * interval '1 second')`,
    [event.id, event.time, event.partitionkey, event.sequence, event.type, JSON.stringify(event), secondsAgo],
  );
}

describeOnBothEngines((_engine, openEmpty) => {
  test('a log that identified events by id keeps the first of each place, and shows what it had dropped', async () => {
    const sql = await openEmpty();
    onTestFinished(() => sql.close());
    await migrate(sql, migrations.slice(0, BY_ID));
    const type = 'admit.service.stopped';
    const [first, other, later] = [
      cloudEvent({ partitionkey: 'edge', sequence: 1 }),
      { ...cloudEvent({ partitionkey: 'edge', sequence: 1 }), id: 'another' },
      cloudEvent({ partitionkey: 'edge', sequence: 3, type, data: { lastSequence: 3 } }),
    ] as const;
    await storeById(sql, other, 1);
    await storeById(sql, first, 2);
    await storeById(sql, later, 0);
    await sql.query(`INSERT INTO event_total VALUES ($1, NULL, 2), ($2, NULL, 1)`, [first.type, type]);
    await sql.query(`INSERT INTO partition_sequence VALUES ('edge', '{[1,4)}', now())`);
    const epoch = cloudEvent({
      type: 'admit.store.started',
      partitionkey: 'p01.new',
      data: { previousEpoch: 'old', lastSequence: 4 },
    });
    await storeById(sql, epoch, 0);
    await sql.query(
      `INSERT INTO partition_sequence VALUES ('p01.new', '{[1,2)}', now()), ('p01.old', '{[1,4)}', now())`,
    );

    await migrate(sql);
    const log = createAuditLog(sql);
    expect(await log.sequences({ partitionkeys: ['edge', 'p01.old'] })).toMatchObject([
      { partitionkey: 'edge', last: 3, missing: [[2, 2]], conflictCount: 1, state: 'closed' },
      { partitionkey: 'p01.old', last: 3, missing: [[4, 4]], state: 'tail_unknown' },
    ]);
    const { events } = await log.query(filterOf({ types: [first.type] }), { limit: 10, order: 'asc' });
    expect(events.map(withoutPosition)).toEqual([first]);
    expect(await log.totals()).toEqual(
      expect.arrayContaining([{ type: first.type, reason: null, count: 1 }]),
    );
    expect(await appendEvents(log, [first, other, later])).toEqual({ stored: [], conflicting: [] });
  });
});
