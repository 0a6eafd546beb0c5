import type { AuditLog, ReceivedEvent } from '@admit-one/core';
import { seededEvents } from '@admit-one/port-contracts';
import { createAuditLog } from '../open-audit-log.ts';
import { migrate } from '../sql/migrate.ts';
import type { Sql } from '../sql/sql.ts';

const DAY_MS = 86_400_000;

/** Parts of three days; the last lies outside all partitions. */
export const seeded = { from: Date.UTC(2026, 0, 10, 20), to: Date.UTC(2026, 0, 12, 2) };

const partitioned = [Date.UTC(2026, 0, 10), Date.UTC(2026, 0, 11)];

const BATCH = 250;

export interface SeededLog {
  readonly log: AuditLog;
  /** In the order of their positions. */
  readonly events: readonly ReceivedEvent[];
}

/** Fills an empty database with seeded events. */
export async function fillWithSeededEvents(sql: Sql, count: number): Promise<SeededLog> {
  await migrate(sql);
  for (const day of partitioned)
    await sql.query(
      `CREATE TABLE ${partitionOf(day)} PARTITION OF event
       FOR VALUES FROM ('${new Date(day).toISOString()}') TO ('${new Date(day + DAY_MS).toISOString()}')`,
    );
  const log = createAuditLog(sql);
  const events = [...seededEvents({ count, ...seeded })];
  for (let done = 0; done < count; done += BATCH)
    await log.append([
      {
        position: { stream: 'seeded', sequence: done / BATCH + 1, first: 1 },
        events: events.slice(done, done + BATCH).map((event, index) => ({ index, event })),
      },
    ]);
  await sql.query('ANALYZE');
  return { log, events };
}

/** The table that holds the events of a day. */
export function partitionOf(day: number): string {
  return `event_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`;
}
