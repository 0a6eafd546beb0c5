import { createAuditLog, openPostgres, type Sql } from '@admit-one/adapter-postgres';
import { missingEngines, type PostgresEngine, startPostgres } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FilledLog, fillAuditLog } from './audit-log/fill-audit-log.ts';
import { countsOf, ORDERS, searchesOf } from './audit-log/searches.ts';

const missing = missingEngines('postgres');

/** Enough of a day that an index pays, and that a search exceeds its budget. */
const [EVENTS, DAYS] = [120_000, 3];

/** What a page may look at, for the budget of a search: counting it first may cost as much again. */
const MOST_EVENTS = 11_000;

/** Each round reads some hundred minutes of the rollup, for each condition several rows a minute. */
const MOST_COUNTS = 20_000;

const PAGES = 5;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  /** Alone, without the relation: of a bitmap. */
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Plan[];
}

function nodesOf(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

function scanned(plan: Plan): string {
  return plan['Relation Name'] ?? plan['Index Name'] ?? '';
}

/** The rows that a scan has read; PostgreSQL reports a mean of its loops. */
function rowsRead(plan: Plan): number {
  const { 'Rows Removed by Filter': filtered = 0, 'Rows Removed by Index Recheck': rechecked = 0 } = plan;
  return (plan['Actual Rows'] + filtered + rechecked) * plan['Actual Loops'];
}

describe.skipIf(missing)(`the audit log reads no more than it needs${missing ? `: ${missing}` : ''}`, () => {
  let server: PostgresEngine;
  let filled: FilledLog;
  let scans: Plan[] = [];

  /** Analyses each statement in addition to running it. */
  function analysing(sql: Sql): Sql {
    return {
      ...sql,
      async query<Row>(text: string, parameters?: readonly unknown[]) {
        const [row] = await sql.query<{ 'QUERY PLAN': string }>(
          `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`,
          parameters,
        );
        const [{ Plan }] = JSON.parse(row?.['QUERY PLAN'] ?? '') as [{ Plan: Plan }];
        scans.push(...nodesOf(Plan).filter((node) => scanned(node) !== '' && node['Actual Loops'] > 0));
        return sql.query<Row>(text, parameters);
      },
    };
  }

  beforeAll(async () => {
    server = await startPostgres();
    const url = await server.createDatabase();
    const sql = openPostgres({
      url,
      applicationName: 'test',
      statementTimeoutMs: 300_000,
      onError: () => {},
    });
    const { log: _, ...rest } = await fillAuditLog(sql, EVENTS, () => {}, DAYS);
    filled = { ...rest, log: createAuditLog(analysing(sql)) };
  });
  afterAll(async () => {
    await filled?.sql.close();
    await server?.stop();
  });

  function expectBounded(): void {
    const read = (table: RegExp) => scans.filter((scan) => table.test(scanned(scan)));
    const rowsOf = (table: RegExp) => read(table).reduce((sum, scan) => sum + rowsRead(scan), 0);
    expect(
      read(/^event_2026/).filter((scan) => scan['Node Type'] === 'Seq Scan' && rowsRead(scan) > 0),
    ).toEqual([]);
    expect(rowsOf(/^event_\w*_idx|^event_\w*_pkey/)).toBeLessThan(MOST_EVENTS);
    expect(rowsOf(/^event_(\d+|outside)$/)).toBeLessThan(MOST_EVENTS);
    expect(rowsOf(/^rollup/)).toBeLessThan(MOST_COUNTS);
  }

  const names = Object.keys(searchesOf({ events: [] }));
  describe.each(names)('for %s', (name) => {
    test.each(ORDERS)('%s', async (order) => {
      const filter = searchesOf(filled)[name] ?? {};
      let cursor: string | undefined;
      for (let page = 0; page < PAGES; page += 1) {
        scans = [];
        const { next, end } = await filled.log.query(filter, { limit: 100, order, cursor });
        expectBounded();
        if (end) break;
        cursor = next;
      }
    });
  });

  test.each(Object.keys(countsOf({} as FilledLog)))('for %s: no event, and only its range', async (name) => {
    scans = [];
    await countsOf(filled)[name]?.();
    expect(scans.filter((scan) => scanned(scan).startsWith('event'))).toEqual([]);
    const counted = scans.filter((scan) => scan['Relation Name'] === 'rollup');
    expect(counted).not.toEqual([]);
    expect(counted.filter((scan) => scan['Node Type'] === 'Seq Scan')).toEqual([]);
  });
});
