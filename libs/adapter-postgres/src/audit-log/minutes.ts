import type { Sql } from '../sql/sql.ts';
import { instant } from './conditions.ts';
import { Parameters } from './parameters.ts';
import { endOf, type ReadersOrder } from './readers-order.ts';
import { ALL } from './rollup.ts';
import type { Guide, GuidingCondition, Minute, TimeRange } from './search-plan.ts';
import { unixMs } from './values.ts';

/** How many rows of the rollup say which condition is the rarest. */
const COMPARED_ROWS = 500;

export interface Minutes {
  /** Those that may hold matches, in the order asked for. */
  readonly minutes: readonly Minute[];
  /** How far the range was looked at, Unix milliseconds; null: to its end. */
  readonly lookedTo: number | null;
}

const directions = {
  asc: { sql: 'ASC', upTo: '<=', first: 'min', last: 'max' },
  desc: { sql: 'DESC', upTo: '>=', first: 'max', last: 'min' },
} as const;

interface Row {
  readonly start: number;
  readonly events: number;
  /** Null in the row that says how far the range was looked at. */
  readonly matches: number | null;
}

/**
 * The first minutes of a range that may hold matches, by the rollup. Only minutes whose events are kept.
 * @param most how many minutes of one value are read
 */
export async function minutesOf(
  sql: Sql,
  guide: Guide,
  range: TimeRange,
  order: ReadersOrder,
  most: number,
): Promise<Minutes> {
  const conditions = await rarestFirst(sql, guide.conditions, range, order);
  const parameters = new Parameters();
  const text = minutesSql({ ...guide, conditions }, range, order, most, parameters);
  const rows = await sql.query<Row>(text, parameters.values);
  const minutes = rows.flatMap(({ start, events, matches }) =>
    matches === null ? [] : [{ start, events, matches: guide.isWhole ? matches : 0 }],
  );
  const last = rows.find(({ matches }) => matches === null)?.start ?? null;
  return { minutes, lookedTo: last === null ? null : endOf(last, order) };
}

const EVERY_MINUTE: GuidingCondition = { dimension: ALL, values: [''] };

/**
 * Takes the minutes of the first condition, value by value, as far as all values were read, and keeps those that the other
 * conditions hold in too.
 */
function minutesSql(
  guide: Guide,
  range: TimeRange,
  order: ReadersOrder,
  most: number,
  parameters: Parameters,
): string {
  const direction = directions[order];
  const [driving = EVERY_MINUTE, ...others] = guide.conditions;
  const counted = countedConditions(guide, parameters);
  const counts = others.map((_, n) => `other_${n}.matches`);
  return `
    WITH driving AS (
      SELECT wanted.value, found.minute, found.matches
      FROM unnest(${parameters.add(driving.values, 'text[]')}) AS wanted (value)
      CROSS JOIN LATERAL (
        SELECT minute, sum(events) FILTER (WHERE ${driving === EVERY_MINUTE ? 'true' : counted}) AS matches FROM rollup
        WHERE dimension = ${parameters.add(driving.dimension, 'text')} AND rollup.value = wanted.value
          AND ${keptWithin(range, parameters)}
        GROUP BY minute ORDER BY minute ${direction.sql} LIMIT ${most}
      ) AS found
    ), reach AS (
      SELECT ${direction.first}(minute) AS minute FROM (
        SELECT ${direction.last}(minute) AS minute FROM driving GROUP BY value HAVING count(*) = ${most}
      ) AS unfinished
    ), candidate AS (
      SELECT driving.minute, sum(matches) AS matches FROM driving CROSS JOIN reach
      WHERE reach.minute IS NULL OR driving.minute ${direction.upTo} reach.minute
      GROUP BY driving.minute
    ), part AS (
      SELECT minute, every.events, least(${['candidate.matches', ...counts].join(', ')}) AS matches
      FROM candidate JOIN rollup AS every USING (minute)
      ${others.map((other, n) => `CROSS JOIN LATERAL (${matchesIn(other, counted, parameters)}) AS other_${n}`).join(' ')}
      WHERE every.dimension = '${ALL}' AND every.value = ''
        AND ${['candidate.matches', ...counts].map((count) => `${count} > 0`).join(' AND ')}
      ORDER BY minute ${direction.sql}
    )
    SELECT ${unixMs('minute')} AS start, events, matches::float8 AS matches FROM part
    UNION ALL SELECT ${unixMs('minute')}, 0, NULL FROM reach WHERE minute IS NOT NULL`;
}

/** The events of a minute that are counted for a condition. */
function matchesIn({ dimension, values }: GuidingCondition, counted: string, parameters: Parameters): string {
  return `
    SELECT sum(events) AS matches FROM rollup AS other
    WHERE dimension = ${parameters.add(dimension, 'text')} AND value = ANY (${parameters.add(values, 'text[]')})
      AND other.minute = candidate.minute AND ${counted}`;
}

function countedConditions({ types, reasons }: Guide, parameters: Parameters): string {
  const conditions = [
    ...(types ? [`type = ANY (${parameters.add(types, 'text[]')})`] : []),
    ...(reasons ? [`reason = ANY (${parameters.add(reasons, 'text[]')})`] : []),
  ];
  return conditions.join(' AND ') || 'true';
}

/** The rollup outlives the events, and counts those that are too old to be stored. */
function keptWithin({ from, to }: TimeRange, parameters: Parameters): string {
  return `minute < ${instant(to, parameters)}
          AND minute >= greatest(${instant(from, parameters)}, (SELECT kept_from FROM retention))`;
}

/**
 * The conditions, those with the fewest minutes first: those whose values end before as many were read, and then those that
 * reach farthest.
 */
async function rarestFirst(
  sql: Sql,
  conditions: readonly GuidingCondition[],
  range: TimeRange,
  order: ReadersOrder,
): Promise<readonly GuidingCondition[]> {
  if (conditions.length < 2) return conditions;
  const parameters = new Parameters();
  const direction = directions[order];
  const reaches = conditions.map(
    ({ dimension, values }, n) => `
      SELECT ${n} AS n, ${direction.first}(reach.minute) AS minute
      FROM unnest(${parameters.add(values, 'text[]')}) AS wanted (value)
      CROSS JOIN LATERAL (
        SELECT minute FROM rollup
        WHERE dimension = ${parameters.add(dimension, 'text')} AND rollup.value = wanted.value
          AND ${keptWithin(range, parameters)}
        ORDER BY minute ${direction.sql} OFFSET ${COMPARED_ROWS - 1} LIMIT 1
      ) AS reach`,
  );
  const rows = await sql.query<{ n: number }>(
    `SELECT n FROM (${reaches.join(' UNION ALL ')}) AS reaches
     ORDER BY minute ${order === 'asc' ? 'DESC' : 'ASC'} NULLS FIRST`,
    parameters.values,
  );
  return rows.flatMap(({ n }) => conditions[n] ?? []);
}
