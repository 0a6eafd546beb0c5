import { BLOCKED } from '../audit-log/rollup.ts';
import type { SqlQueries } from '../sql/sql.ts';

/** What the events of `forgetting` were counted by that is personal: the reverse of the rollup. */
const COUNTED = `
  CREATE TEMPORARY TABLE uncounting ON COMMIT DROP AS
  SELECT dimension, value, minute, type, reason, count(*)::integer AS events, sum(count) AS count
  FROM (
    SELECT counted.dimension, counted.value, date_trunc('minute', event.time) AS minute, type,
           coalesce(reason, '') AS reason, count
    FROM forgetting JOIN event USING (time, partition_key, sequence)
    CROSS JOIN LATERAL (
      SELECT 'agent' AS dimension, agent AS value
      UNION ALL
      SELECT 'prefix', prefix::text WHERE type LIKE '%.rejected'
      UNION ALL
      SELECT '${BLOCKED}', origin || ' ' || prefix::text WHERE type LIKE '%.rejected' AND reason = 'origin_blocked'
      UNION ALL
      SELECT 'attribute.' || key, attribute.value FROM jsonb_each_text(attributes) AS attribute
    ) AS counted
    WHERE counted.value IS NOT NULL AND text IS NOT NULL
  ) AS row
  GROUP BY dimension, value, minute, type, reason`;

const SUBTRACT = `
  UPDATE rollup SET events = rollup.events - uncounting.events, count = rollup.count - uncounting.count
  FROM uncounting
  WHERE (rollup.dimension, rollup.value, rollup.minute, rollup.type, rollup.reason) =
        (uncounting.dimension, uncounting.value, uncounting.minute, uncounting.type, uncounting.reason)`;

const DELETE_EMPTY = `
  DELETE FROM rollup USING uncounting
  WHERE (rollup.dimension, rollup.value, rollup.minute, rollup.type, rollup.reason) =
        (uncounting.dimension, uncounting.value, uncounting.minute, uncounting.type, uncounting.reason)
    AND rollup.events <= 0`;

/** Counts outlive events: where no event that is kept has a value any more, nobody else had it. */
const DELETE_OLDER = `
  DELETE FROM rollup USING (
    SELECT DISTINCT dimension, value FROM uncounting
    WHERE NOT EXISTS (
      SELECT FROM rollup AS kept
      WHERE kept.dimension = uncounting.dimension AND kept.value = uncounting.value
        AND kept.minute >= (SELECT kept_from FROM retention)
    )
  ) AS unused
  WHERE (rollup.dimension, rollup.value) = (unused.dimension, unused.value)`;

/** Takes the personal values of the events of `forgetting` out of the counts by minute; other counts stay. */
export async function uncount(sql: SqlQueries): Promise<void> {
  for (const statement of [COUNTED, SUBTRACT, DELETE_EMPTY, DELETE_OLDER]) await sql.query(statement);
}
