import { dimensions, type ReceivedEvent } from '@admit-one/core';
import { factColumns } from './columns.ts';
import { timeOf } from './values.ts';

/** The dimensions that are columns of an event; each attribute of the principal is one too: `attribute.<name>`. */
export const columnDimensions = ['type', ...dimensions] as const;

/** SQL for the value of a dimension, of the row `stored`; null where the event isn't counted by it. */
function columnOf(dimension: (typeof columnDimensions)[number]): string {
  switch (dimension) {
    case 'type':
      return 'stored.type';
    case 'prefix':
      // Clients have more prefixes than an hour has events. Searches find the others by an index.
      return `CASE WHEN stored.type LIKE '%.rejected' THEN stored.prefix::text END`;
    default:
      return `stored.${factColumns[dimension]}`;
  }
}

/** The dimension of tickets by the minute of their issue: `<route> <pathway>`, counted by the type of the step. */
export const COHORT = 'cohort';

/** The dimension of blocked origins: `<origin> <prefix>`, by which clients tried it. */
export const BLOCKED = 'blocked';

/** The dimension of all events: one row for each minute. */
export const ALL = 'all';

/** The dimensions of one value for each event, each a column of the rows that are counted. */
const columns: readonly (readonly [dimension: string, value: string])[] = [
  ...columnDimensions.map((dimension) => [dimension, columnOf(dimension)] as const),
  [
    BLOCKED,
    `CASE WHEN stored.type LIKE '%.rejected' AND stored.reason = 'origin_blocked'
          THEN stored.origin || ' ' || stored.prefix::text END`,
  ],
  [
    COHORT,
    `CASE WHEN cohort IS NOT NULL THEN coalesce(stored.route, '') || ' ' || coalesce(stored.pathway, '') END`,
  ],
];

const columnName = (dimension: string) => `by_${dimension}`;
const names = columns.map(([dimension]) => columnName(dimension));

/** The minute that an event is counted in: a cohort is its ticket's. */
const minuteOf = (dimension: string) => (dimension === COHORT ? 'issued_in' : 'minute');

/**
 * Counts stored events by minute, for each dimension, by type and reason. Part of the append statement: `stored` holds the new
 * events, `incoming` the parameters, and `counted` has been locked before.
 *
 * Each grouping set is one dimension: the columns of the others are null in its rows. That takes half of the time that a row
 * for each event and dimension does.
 */
export const ROLL_UP = `
    INSERT INTO rollup (dimension, value, minute, type, reason, events, count)
    WITH row AS (
      SELECT date_trunc('minute', stored.time) AS minute, stored.type, coalesce(stored.reason, '') AS reason, stored.count,
             stored.attributes, date_trunc('minute', ${timeOf('cohort')}) AS issued_in,
             ${columns.map(([dimension, value]) => `${value} AS ${columnName(dimension)}`).join(', ')}
      FROM stored JOIN incoming USING (partition_key, sequence)
      WHERE (SELECT count(*) FROM counted) >= 0
    )
    SELECT * FROM (
      SELECT CASE WHEN type IS NULL THEN '${ALL}' ${columns.map(([dimension]) => `WHEN ${columnName(dimension)} IS NOT NULL THEN '${dimension}'`).join(' ')} END AS dimension,
             CASE WHEN type IS NULL THEN '' ELSE coalesce(${names.join(', ')}) END AS value,
             coalesce(minute, issued_in), coalesce(type, ''), coalesce(reason, ''), count(*), sum(count)
      FROM row
      GROUP BY GROUPING SETS ((minute), ${columns.map(([dimension]) => `(${minuteOf(dimension)}, type, reason, ${columnName(dimension)})`).join(', ')})
      UNION ALL
      SELECT 'attribute.' || key, attribute.value, minute, type, reason, count(*), sum(count)
      FROM row CROSS JOIN LATERAL jsonb_each_text(attributes) AS attribute
      GROUP BY 1, 2, 3, 4, 5
    ) AS counted_by
    WHERE value IS NOT NULL ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (dimension, value, minute, type, reason)
    DO UPDATE SET events = rollup.events + excluded.events, count = rollup.count + excluded.count`;

/**
 * When the ticket was issued of which the event is a first step, Unix milliseconds; null for any other event.
 * @param issuedAt of its ticket
 */
export function cohortMinuteOf({ type, data }: ReceivedEvent, issuedAt: number | null): number | null {
  switch (type) {
    case 'admit.ticket.reserved':
      return data.reservation === 1 ? issuedAt : null;
    case 'admit.ticket.issued':
    case 'admit.ticket.consumed':
    case 'admit.ticket.revoked':
      return issuedAt;
    default:
      return null;
  }
}
