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

/** SQL of what no counter grows beyond: an append that overflows one would fail, and the next one too. */
export const MOST = '9e18::numeric';

/** How late events of tickets may come, behind others of the store, and behind those of processes. */
const LATE = "interval '15 seconds'";
const LATE_ELSEWHERE = "interval '1 minute'";

/** How long a ticket is known of which no issue was stored: its events come in any order. */
const UNISSUED = "interval '1 minute'";

/**
 * Adds to the counters of the audit log, by the day of the events. Part of the append statement: `stored` holds the new
 * events, `incoming` the parameters, and `rolled_up` has been locked before.
 *
 * A ticket is in `live_ticket` until it has expired. One that was neither presented nor revoked by then is counted as unused
 * when events of the store tell that its time has passed, rather than a clock. `counted_in` is the transaction that has counted
 * it as presented: the first that knew both its issue and that it was presented.
 */
export const COUNT_UP = `
  step AS (
    SELECT stored.ticket, max(stored.pathway) AS pathway, min(stored.time) AS seen_at,
           min(stored.time) FILTER (WHERE stored.type = 'admit.ticket.issued') AS issued_at,
           ${timeOf('max(incoming.expires_at)')} AS expires_at,
           bool_or(stored.type IN (${list(presentingTypes)})) AS presented,
           bool_or(stored.type = 'admit.ticket.revoked') AS revoked
    FROM stored JOIN incoming USING (partition_key, sequence)
    WHERE stored.type IN ('admit.ticket.issued', 'admit.ticket.revoked', ${list(presentingTypes)})
      AND stored.ticket IS NOT NULL AND stored.synthetic IS NULL
    GROUP BY stored.ticket
  ), known AS (
    INSERT INTO live_ticket AS live (ticket, pathway, issued_at, ends_at, presented, revoked, counted_in)
    SELECT ticket, coalesce(pathway, 'ticket'), issued_at, coalesce(expires_at, seen_at + ${UNISSUED}), presented, revoked,
           CASE WHEN presented AND issued_at IS NOT NULL THEN pg_current_xact_id() END
    FROM step ORDER BY ticket
    ON CONFLICT (ticket) DO UPDATE
    SET issued_at = coalesce(live.issued_at, excluded.issued_at),
        ends_at = CASE WHEN excluded.issued_at IS NULL THEN live.ends_at ELSE excluded.ends_at END,
        presented = live.presented OR excluded.presented,
        revoked = live.revoked OR excluded.revoked,
        counted_in = CASE
          WHEN live.counted_in IS NULL AND (live.presented OR excluded.presented)
               AND (live.issued_at IS NOT NULL OR excluded.issued_at IS NOT NULL)
          THEN pg_current_xact_id() ELSE live.counted_in END
    RETURNING pathway, issued_at, counted_in = pg_current_xact_id() AS is_counted
  ), progress AS (
    SELECT greatest(max(time) FILTER (WHERE ${STORE_KEY}) - ${LATE}, max(time) - ${LATE_ELSEWHERE}) AS time
    FROM stored WHERE time <= clock_timestamp() + interval '1 minute'
  ), ended AS (
    DELETE FROM live_ticket WHERE ticket IN (
      SELECT ticket FROM live_ticket
      WHERE ends_at < (SELECT time FROM progress) AND ticket NOT IN (SELECT ticket FROM step)
      FOR UPDATE SKIP LOCKED
    )
    RETURNING pathway, issued_at, presented OR revoked AS is_used
  ), amount AS (
    SELECT stored.time AS at, key AS counter, value::bigint AS count
    FROM stored JOIN incoming USING (partition_key, sequence) CROSS JOIN LATERAL json_each_text(incoming.counts::json)
    UNION ALL
    SELECT issued_at, 'tickets presented ' || pathway, 1 FROM known WHERE is_counted
    UNION ALL
    SELECT issued_at, 'tickets unused ' || pathway, 1 FROM ended WHERE issued_at IS NOT NULL AND NOT is_used
    UNION ALL
    SELECT time, 'storage ' || key, least(count::numeric * value, ${MOST})::bigint
    FROM stored CROSS JOIN LATERAL (
      VALUES ((${STORAGE_BUCKET})::text, 1), ('sum', (${STORAGE} * 1000)::bigint)
    ) AS measured (key, value)
    WHERE type IN (${list(storageCounted)}) AND synthetic IS NULL
  ), counted_up AS (
    INSERT INTO log_count (day, counter, count)
    SELECT (at AT TIME ZONE 'UTC')::date, counter, least(sum(count), ${MOST}) FROM amount
    WHERE (SELECT count(*) FROM rolled_up) >= 0
    GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (counter, day) DO UPDATE SET count = least(log_count.count::numeric + excluded.count, ${MOST})
  )`;
