import {
  type AlertEvaluation,
  type AlertRecord,
  type AlertSample,
  type AlertState,
  type AlertStore,
  UNCONNECTED_LEASES,
} from '@admit-one/core';
import { timeOf, unixMs } from '../audit-log/values.ts';
import type { Sql } from '../sql/sql.ts';

/** The alerts' state on a database whose schema is up to date. */
export function createAlertStore(sql: Sql): AlertStore {
  return {
    lead: (instance, leaseMs, isConnected) => lead(sql, instance, leaseMs, isConnected),
    resign: (instance) => resign(sql, instance),
    records: () => records(sql),
    samples: () => samples(sql),
    save: (instance, evaluation) => save(sql, instance, evaluation),
  };
}

/**
 * One statement: those that come at once wait for the row, and see who has it now. An instance that is not connected renews
 * a lease that is over already: then one that is connected can take it at once, and another that is not cannot.
 */
async function lead(sql: Sql, instance: string, leaseMs: number, isConnected: boolean): Promise<boolean> {
  const [renewedMsAgo, freeAfterMs] = isConnected ? [0, leaseMs] : [leaseMs, UNCONNECTED_LEASES * leaseMs];
  const rows = await sql.query(
    `UPDATE alert_leader SET instance = $1, renewed_at = clock_timestamp() - $2::float8 * interval '1 millisecond'
     WHERE instance = $1 OR (instance IS NULL AND $4::boolean)
        OR renewed_at <= clock_timestamp() - $3::float8 * interval '1 millisecond'
     RETURNING 1`,
    [instance, renewedMsAgo, freeAfterMs, isConnected],
  );
  return rows.length > 0;
}

async function resign(sql: Sql, instance: string): Promise<void> {
  await sql.query('UPDATE alert_leader SET instance = NULL WHERE instance = $1', [instance]);
}

const times = ['since', 'held_at', 'evaluated_at', 'fired_at', 'resolved_at'] as const;

interface Row extends Readonly<Record<(typeof times)[number], number | null>> {
  readonly name: string;
  readonly status: AlertState['status'];
  readonly value: number | null;
  readonly detail: string | null;
  readonly reported: boolean;
  readonly notified: boolean;
}

async function records(sql: Sql): Promise<readonly AlertRecord[]> {
  const rows = await sql.query<Row>(
    `SELECT name, status, value, detail, reported, notified,
            ${times.map((name) => `${unixMs(name)} AS ${name}`).join(', ')}
     FROM alert ORDER BY name`,
  );
  return rows.map(({ status, since, held_at, evaluated_at, fired_at, resolved_at, ...row }) => ({
    ...row,
    state: stateOf(status, since ?? 0, held_at ?? 0),
    evaluatedAt: evaluated_at ?? 0,
    firedAt: fired_at,
    resolvedAt: resolved_at,
  }));
}

function stateOf(status: AlertState['status'], since: number, heldAt: number): AlertState {
  switch (status) {
    case 'inactive':
      return { status };
    case 'pending':
      return { status, since };
    case 'firing':
      return { status, since, heldAt };
    default:
      return status satisfies never;
  }
}

async function samples(sql: Sql): Promise<readonly AlertSample[]> {
  const rows = await sql.query<{ at: number; values: string }>(
    `SELECT ${unixMs('at')} AS at, "values"::text AS "values" FROM alert_sample ORDER BY at`,
  );
  return rows.map(({ at, values }) => ({ at, values: JSON.parse(values) as AlertSample['values'] }));
}

const INSERT_RECORDS = `
  INSERT INTO alert (name, status, value, detail, reported, notified, ${times.join(', ')})
  SELECT name, status, value, detail, reported, notified, ${times.map(timeOf).join(', ')}
  FROM unnest($1::text[], $2::text[], $3::float8[], $4::text[], $5::boolean[], $6::boolean[],
              $7::float8[], $8::float8[], $9::float8[], $10::float8[], $11::float8[])
       AS given (name, status, value, detail, reported, notified, ${times.join(', ')})`;

/** In the order of the parameters of `INSERT_RECORDS`. */
function cellsOf({ state, ...record }: AlertRecord): readonly unknown[] {
  return [
    ...[record.name, state.status, record.value, record.detail, record.reported, record.notified],
    'since' in state ? state.since : null,
    'heldAt' in state ? state.heldAt : null,
    ...[record.evaluatedAt, record.firedAt, record.resolvedAt],
  ];
}

function save(
  sql: Sql,
  instance: string,
  { records, sample, forget = [] }: AlertEvaluation,
): Promise<boolean> {
  return sql.transaction(async (transaction) => {
    const leading = await transaction.query('SELECT FROM alert_leader WHERE instance = $1 FOR UPDATE', [
      instance,
    ]);
    if (leading.length === 0) return false;
    await transaction.query('DELETE FROM alert');
    const rows = records.map(cellsOf);
    await transaction.query(
      INSERT_RECORDS,
      Array.from({ length: 11 }, (_, column) => rows.map((row) => row[column])),
    );
    if (forget.length > 0)
      await transaction.query(
        `DELETE FROM alert_sample
         WHERE at IN (SELECT ${timeOf('ms')} FROM unnest($1::float8[]) AS forgotten (ms))`,
        [forget],
      );
    if (sample)
      await transaction.query(
        `INSERT INTO alert_sample (at, "values") VALUES (${timeOf('$1::float8')}, $2::jsonb) ON CONFLICT DO NOTHING`,
        [sample.at, JSON.stringify(sample.values)],
      );
    return true;
  });
}
