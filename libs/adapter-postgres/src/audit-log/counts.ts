import type {
  CountedRange,
  CountsQuery,
  Dimension,
  EventCount,
  EventType,
  TicketCohort,
  TopValuesQuery,
  ValueCount,
} from '@admit-one/core';
import type { Sql } from '../sql/sql.ts';
import { instant } from './conditions.ts';
import { Parameters } from './parameters.ts';
import { ALL, BLOCKED, COHORT } from './rollup.ts';
import { MINUTE_MS } from './search-plan.ts';
import { indexable, unixMs } from './values.ts';

/** `attribute.<name>`, as the rollup knows it. */
function storedDimension(dimension: Dimension): string {
  return dimension.startsWith('attribute.')
    ? `attribute.${indexable(dimension.slice('attribute.'.length))}`
    : dimension;
}

/** SQL of the minute from which on counts are kept: searches need those of all events that are. What is older is deleted in steps. */
export const COUNTED_FROM = '(SELECT least(rollup_from, kept_from) FROM retention)';

/** SQL conditions on the table `rollup`. */
function rollupConditions({ from, to, types, reasons }: CountedRange, parameters: Parameters): string {
  const first = Math.floor(Date.parse(from) / MINUTE_MS) * MINUTE_MS;
  return [
    `minute >= ${instant(first, parameters)}`,
    `minute < ${instant(Date.parse(to), parameters)}`,
    `minute >= ${COUNTED_FROM}`,
    ...(types ? [`type = ANY (${parameters.add(types, 'text[]')})`] : []),
    ...(reasons ? [`reason = ANY (${parameters.add(reasons.map(indexable), 'text[]')})`] : []),
  ].join(' AND ');
}

interface CountRow {
  readonly start: number;
  readonly type: EventType;
  readonly reason: string;
  readonly value: string | null;
  readonly count: string;
}

/** Values come from clients: the most frequent are counted by themselves, all others together. */
const MOST_VALUES = 100;
const OTHER_VALUES = '(other)';

export async function counts(sql: Sql, query: CountsQuery): Promise<readonly EventCount[]> {
  const { dimension, intervalSeconds, types, reasons } = query;
  const parameters = new Parameters();
  const interval = `${parameters.add(intervalSeconds, 'float8')} * interval '1 second'`;
  // Without a dimension, the events are counted where the fewest rows have them: those with a reason also by it.
  const every = reasons
    ? { dimension: 'reason', values: reasons.map(indexable) }
    : { dimension: 'type', values: types };
  const rows =
    dimension === undefined
      ? [
          `dimension = '${every.dimension}'`,
          ...(every.values ? [`value = ANY (${parameters.add(every.values, 'text[]')})`] : []),
        ]
      : [`dimension = ${parameters.add(storedDimension(dimension), 'text')}`];
  const condition = [...rows, rollupConditions(query, parameters)].join(' AND ');
  const value =
    dimension === undefined
      ? 'NULL'
      : `CASE WHEN value IN (SELECT value FROM frequent) THEN value ELSE '${OTHER_VALUES}' END`;
  const counted = await sql.query<CountRow>(
    `WITH frequent AS (
       SELECT value FROM rollup WHERE ${condition}
       GROUP BY value ORDER BY sum(count) DESC, value LIMIT ${MOST_VALUES}
     )
     SELECT ${unixMs(`date_bin(${interval}, minute, timestamptz 'epoch')`)} AS start, type, reason,
            ${value} AS value, sum(count)::text AS count
     FROM rollup
     WHERE ${condition}
     GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
    parameters.values,
  );
  return counted.map(({ start, type, reason, value, count }) => ({
    time: new Date(start).toISOString(),
    type,
    reason: reason === '' ? null : reason,
    value,
    count: Number(count),
  }));
}

interface ValueRow {
  readonly dimension: Dimension;
  readonly value: string;
  readonly count: string;
  readonly known: string;
}

/** SQL of a column `dimension`: jumps from each to the next in the index. */
export const DIMENSIONS = `
  WITH RECURSIVE known AS (
    SELECT min(dimension) AS dimension FROM rollup
    UNION ALL
    SELECT (SELECT min(rollup.dimension) FROM rollup WHERE rollup.dimension > known.dimension)
    FROM known WHERE known.dimension IS NOT NULL
  )
  SELECT dimension FROM known WHERE dimension IS NOT NULL`;

export async function topValues(sql: Sql, query: TopValuesQuery): Promise<readonly ValueCount[]> {
  const parameters = new Parameters();
  const rows = await sql.query<ValueRow>(
    `SELECT dimension, top.value, top.count::text AS count, top.known::text AS known
     FROM (${DIMENSIONS}) AS counted
     CROSS JOIN LATERAL (
       SELECT value, sum(count) AS count, sum(sum(count)) OVER () AS known FROM rollup
       WHERE rollup.dimension = counted.dimension AND ${rollupConditions(query, parameters)}
       GROUP BY value ORDER BY 2 DESC, value LIMIT ${parameters.add(query.limit, 'integer')}
     ) AS top
     WHERE dimension NOT IN ('${ALL}', 'type', '${COHORT}', '${BLOCKED}')
     ORDER BY dimension, top.count DESC, top.value`,
    parameters.values,
  );
  return rows.map((row) => ({ ...row, count: Number(row.count), known: Number(row.known) }));
}

interface CohortRow {
  readonly start: number;
  readonly value: string;
  readonly issued: string;
  readonly presented: string;
  readonly consumed: string;
  readonly revoked: string;
}

export async function cohorts(
  sql: Sql,
  range: Pick<CountedRange, 'from' | 'to'>,
): Promise<readonly TicketCohort[]> {
  const parameters = new Parameters();
  const step = (type: EventType) =>
    `coalesce(sum(count) FILTER (WHERE type = ${parameters.add(type, 'text')}), 0)::text`;
  const rows = await sql.query<CohortRow>(
    `SELECT ${unixMs('minute')} AS start, value, ${step('admit.ticket.issued')} AS issued,
            ${step('admit.ticket.reserved')} AS presented, ${step('admit.ticket.consumed')} AS consumed,
            ${step('admit.ticket.revoked')} AS revoked
     FROM rollup WHERE dimension = '${COHORT}' AND ${rollupConditions(range, parameters)}
     GROUP BY minute, value ORDER BY minute, value`,
    parameters.values,
  );
  return rows.map(({ start, value, ...steps }) => {
    const [issued, presented, consumed, revoked] = [
      steps.issued,
      steps.presented,
      steps.consumed,
      steps.revoked,
    ].map(Number) as [number, number, number, number];
    const [route, pathway] = value.split(' ', 2);
    return {
      time: new Date(start).toISOString(),
      route: route || null,
      pathway: pathway || null,
      ...{ issued, presented, consumed, revoked },
      unused: Math.max(0, issued - consumed - revoked),
    };
  });
}
