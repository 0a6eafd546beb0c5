import { logHistograms, presentingTypes, storageCounted } from '@admit-one/core';
import { STORE_KEY } from '../sql/migrations.ts';
import { timeOf } from './values.ts';

function list(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(', ');
}

const bounds = logHistograms.storage;
/** Seconds from a stored event to now. */
const STORAGE = 'greatest(0, extract(epoch FROM clock_timestamp() - time))';
const STORAGE_BUCKET = bounds.map((bound) => `(${STORAGE} > ${bound})::integer`).join(' + ');

/** How late events of tickets may come, behind others of the store, and behind those of processes. */
const LATE = "interval '15 seconds'";
const LATE_ELSEWHERE = "interval '1 minute'";

/** How long before its issue, and after its end, an event of a ticket may be. */
const AROUND = "interval '10 minutes'";

/** SQL for the events of a ticket after which it does not wait any more, and whether they present it. */
const ENDS_WAITING = `type IN (${list([...presentingTypes, 'admit.ticket.revoked'])})`;
const IS_PRESENTED = "bool_or(type <> 'admit.ticket.revoked')";

/** SQL for the rows of `waiting_ticket` that a condition holds for, except those that another transaction deletes. */
function unlocked(condition: string): string {
  return `ticket IN (SELECT ticket FROM waiting_ticket WHERE ${condition} FOR UPDATE SKIP LOCKED)`;
}

/**
 * Adds to the counters of the audit log, by the day of the events. Part of the append statement: `stored` holds the new
 * events, `incoming` the parameters, and `rolled_up` has been locked before.
 *
 * A ticket waits in `waiting_ticket` from its issue until it is presented or revoked. One that expires there has not been presented: it is
 * counted when events of the store tell that its time has passed, rather than a clock, and looked for once more then, since
 * events come in any order.
 */
export const COUNT_UP = `
  ended AS (
    SELECT ticket, ${IS_PRESENTED} AS is_presented FROM stored WHERE ${ENDS_WAITING} AND ticket IS NOT NULL
    GROUP BY ticket
  ), issued AS (
    SELECT stored.ticket, coalesce(stored.pathway, 'ticket') AS pathway, stored.time AS issued_at,
           ${timeOf('incoming.expires_at')} AS expires_at, ended.is_presented
    FROM stored JOIN incoming USING (partition_key, sequence) LEFT JOIN ended ON ended.ticket = stored.ticket
    WHERE incoming.expires_at IS NOT NULL AND stored.ticket IS NOT NULL AND stored.synthetic IS NULL
  ), waiting AS (
    INSERT INTO waiting_ticket (ticket, pathway, issued_at, expires_at)
    SELECT ticket, pathway, issued_at, expires_at FROM issued WHERE is_presented IS NULL ORDER BY ticket
    ON CONFLICT (ticket) DO NOTHING
  ), found AS (
    DELETE FROM waiting_ticket WHERE ${unlocked('ticket IN (SELECT ticket FROM ended)')}
    RETURNING ticket, pathway, issued_at
  ), progress AS (
    SELECT greatest(max(time) FILTER (WHERE ${STORE_KEY}) - ${LATE}, max(time) - ${LATE_ELSEWHERE}) AS time
    FROM stored WHERE time <= clock_timestamp() + interval '1 minute'
  ), expired AS (
    DELETE FROM waiting_ticket
    WHERE ${unlocked('expires_at < (SELECT time FROM progress) AND ticket NOT IN (SELECT ticket FROM ended)')}
    RETURNING pathway, issued_at, (
      SELECT ${IS_PRESENTED} FROM event
      WHERE event.ticket = waiting_ticket.ticket AND ${ENDS_WAITING}
        AND event.time BETWEEN waiting_ticket.issued_at - ${AROUND} AND waiting_ticket.expires_at + ${AROUND}
    ) AS is_presented
  ), amount AS (
    SELECT stored.time AS at, key AS counter, value::bigint AS count
    FROM stored JOIN incoming USING (partition_key, sequence) CROSS JOIN LATERAL json_each_text(incoming.counts::json)
    UNION ALL
    SELECT issued_at, 'tickets presented ' || pathway, 1 FROM issued WHERE is_presented
    UNION ALL
    SELECT issued_at, 'tickets presented ' || pathway, 1 FROM found JOIN ended USING (ticket) WHERE is_presented
    UNION ALL
    SELECT issued_at, CASE WHEN is_presented THEN 'tickets presented ' ELSE 'tickets unused ' END || pathway, 1
    FROM expired WHERE is_presented IS NOT FALSE
    UNION ALL
    SELECT time, 'storage ' || key, count * value
    FROM stored CROSS JOIN LATERAL (
      VALUES ((${STORAGE_BUCKET})::text, 1), ('sum', (${STORAGE} * 1000)::bigint)
    ) AS measured (key, value)
    WHERE type IN (${list(storageCounted)}) AND synthetic IS NULL
  ), counted_up AS (
    INSERT INTO log_count (day, counter, count)
    SELECT (at AT TIME ZONE 'UTC')::date, counter, sum(count) FROM amount
    WHERE (SELECT count(*) FROM rolled_up) >= 0
    GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (counter, day) DO UPDATE SET count = log_count.count + excluded.count
  )`;
