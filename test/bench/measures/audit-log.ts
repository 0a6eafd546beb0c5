import { openPostgres, type Sql } from '@admit-one/adapter-postgres';
import type { AuditFilter, AuditLog, AuditPage } from '@admit-one/core';
import { seededEvents } from '@admit-one/port-contracts';
import { startPostgres } from '@admit-one/testkit';
import {
  arrayParameters,
  eventColumns,
  parametersOf,
  storedColumns,
} from '../../../libs/adapter-postgres/src/audit-log/columns.ts';
import { appendBatch, BATCH, type FilledLog, fillAuditLog } from '../audit-log/fill-audit-log.ts';
import { countsOf, ORDERS, searchesOf } from '../audit-log/searches.ts';
import type { Bench } from '../bench.ts';
import { type Figure, figureOf, quantile, ratiosOf } from '../report/figures.ts';

/** Pages of each search, each a bit further back than the one before. */
const PAGES = 20;
const LIMIT = 100;
const HOUR_MS = 3_600_000;

/** What the audit log takes in, and how fast it answers, with a million events by default. */
export async function measureAuditLog({ options, reportProgress }: Bench): Promise<readonly Figure[]> {
  const server = await startPostgres({ settings: { shared_buffers: '512MB', max_wal_size: '4GB' } });
  const url = await server.createDatabase();
  const statementTimeoutMs = HOUR_MS;
  const sql = openPostgres({ url, applicationName: 'bench', statementTimeoutMs, onError: () => {} });
  try {
    const filled = await fillAuditLog(sql, options.events, reportProgress);
    return [
      ...(await measureSearches(filled, reportProgress)),
      ...(await measureIngest(filled, options.rounds)),
    ];
  } finally {
    await sql.close();
    await server.stop();
  }
}

async function measureSearches(
  filled: FilledLog,
  reportProgress: (line: string) => void,
): Promise<readonly Figure[]> {
  const { log } = filled;
  const measured: [name: string, values: readonly number[]][] = [];
  for (const [name, filter] of Object.entries(searchesOf(filled)))
    for (const order of ORDERS) measured.push([`${name}, ${order}`, await pageTimes(log, filter, order)]);
  const slowest = measured.reduce((one, other) =>
    quantile(one[1], 0.95) < quantile(other[1], 0.95) ? other : one,
  );
  for (const [name, run] of Object.entries(countsOf(filled))) {
    const times: number[] = [];
    for (let n = 0; n < PAGES; n += 1) times.push(await timeOf(run));
    measured.push([name, times]);
  }
  for (const [name, times] of measured)
    reportProgress(
      `${name}: p50 ${quantile(times, 0.5).toFixed(1)} ms, p95 ${quantile(times, 0.95).toFixed(1)} ms`,
    );
  return [...measured, ['slowest search', slowest[1]] as const].flatMap(([name, times]) =>
    quantiles(name, times),
  );
}

function quantiles(what: string, times: readonly number[]): readonly Figure[] {
  const place = { measure: 'audit', what, unit: 'ms' } as const;
  return [
    figureOf({ ...place, of: 'p50' }, [quantile(times, 0.5)]),
    figureOf({ ...place, of: 'p95' }, [quantile(times, 0.95)]),
  ];
}

/** The first page and those that follow; from the start again where the search ends. */
async function pageTimes(
  log: AuditLog,
  filter: AuditFilter,
  order: AuditPage['order'],
): Promise<readonly number[]> {
  const times: number[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const started = performance.now();
    const { next, end } = await log.query(filter, { limit: LIMIT, order, cursor });
    times.push(performance.now() - started);
    cursor = end ? undefined : next;
  }
  return times;
}

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}

const BATCHES = 20;

/** Appends and bare inserts into the same table in turn; each event is new. */
async function measureIngest({ sql, log, to }: FilledLog, rounds: number): Promise<readonly Figure[]> {
  const appends: number[] = [];
  const inserts: number[] = [];
  const [first] = await log.streams();
  let message = (first?.last ?? 0) + 1;
  for (let round = 0; round < rounds; round += 1) {
    const minute = { from: to + round * 60_000, to: to + (round + 1) * 60_000 };
    const made = [...seededEvents({ count: 2 * BATCHES * BATCH, ...minute })].map((event) => ({
      ...event,
      partitionkey: `${event.partitionkey}.${round}`,
    }));
    const batches = Array.from({ length: 2 * BATCHES }, (_, n) => made.slice(n * BATCH, (n + 1) * BATCH));
    for (const [n, batch] of batches.entries()) {
      message += 1;
      const took =
        n % 2 === 0
          ? await timeOf(() => appendBatch(log, message, batch))
          : await timeOf(() => insertBare(sql, message, batch));
      (n % 2 === 0 ? appends : inserts).push((took * 1_000) / BATCH);
    }
  }
  const place = { measure: 'audit', what: 'ingest of an event' } as const;
  return [
    figureOf({ ...place, of: 'append', unit: 'µs' }, appends),
    figureOf({ ...place, of: 'bare', unit: 'µs' }, inserts),
    figureOf({ ...place, of: 'append/bare', unit: '×' }, ratiosOf(appends, inserts)),
  ];
}

const BARE_INSERT = `
  INSERT INTO event (generation, ${storedColumns.map(([name]) => name).join(', ')})
  SELECT 1, ${storedColumns.map(([, value]) => value).join(', ')}
  FROM unnest(${arrayParameters(eventColumns, 1)}) AS incoming (${eventColumns.map(({ name }) => name).join(', ')})`;

async function insertBare(sql: Sql, sequence: number, events: FilledLog['events']): Promise<void> {
  const position = { stream: 'bare', sequence, first: 1 };
  await sql.query(BARE_INSERT, [
    ...parametersOf(
      eventColumns,
      events.map((event, index) => ({ position, index, event })),
    ),
  ]);
}
