import { dimensions, factsOf, type ReceivedEvent } from '@admit-one/core';
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

/**
 * Counts stored events by minute, for each dimension, by type and reason. Part of the append statement: `stored` holds the new
 * events, `incoming` the parameters, and `counted` has been locked before.
 */
export const ROLL_UP = `
    INSERT INTO rollup (dimension, value, minute, type, reason, events, count)
    SELECT dimension, value, date_trunc('minute', at), CASE WHEN dimension = '${ALL}' THEN '' ELSE stored.type END,
           CASE WHEN dimension = '${ALL}' THEN '' ELSE coalesce(stored.reason, '') END, count(*), sum(stored.count)
    FROM stored JOIN incoming USING (partition_key, sequence)
    CROSS JOIN LATERAL (
      VALUES ('${ALL}', '', stored.time), ${columnDimensions
        .map((name) => `('${name}', ${columnOf(name)}, stored.time)`)
        .join(', ')},
             ('${COHORT}',
              CASE WHEN cohort IS NOT NULL
                   THEN coalesce(stored.route, '') || ' ' || coalesce(stored.pathway, '') END,
              ${timeOf('cohort')}),
             ('${BLOCKED}',
              CASE WHEN stored.type LIKE '%.rejected' AND stored.reason = 'origin_blocked'
                   THEN stored.origin || ' ' || stored.prefix::text END,
              stored.time)
      UNION ALL
      SELECT 'attribute.' || key, attribute.value, stored.time FROM jsonb_each_text(stored.attributes) AS attribute
    ) AS counted_by (dimension, value, at)
    WHERE value IS NOT NULL AND (SELECT count(*) FROM counted) >= 0
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (dimension, value, minute, type, reason)
    DO UPDATE SET events = rollup.events + excluded.events, count = rollup.count + excluded.count`;

/** When the ticket was issued of which the event is a first step, Unix milliseconds; null for any other event. */
export function cohortMinuteOf(event: ReceivedEvent): number | null {
  switch (event.type) {
    case 'admit.ticket.reserved':
      return event.data.reservation === 1 ? factsOf(event).issuedAt : null;
    case 'admit.ticket.issued':
    case 'admit.ticket.consumed':
    case 'admit.ticket.revoked':
      return factsOf(event).issuedAt;
    default:
      return null;
  }
}

/** SQL for a time in Unix milliseconds. */
export function msOf(time: string): string {
  return `(extract(epoch FROM ${time}) * 1000)::float8`;
}
