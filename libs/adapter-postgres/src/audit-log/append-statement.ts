import { lockTaken } from '../sql/advisory-locks.ts';
import { claimColumns, inputs, messageColumns } from './append-parameters.ts';
import { arrayParameters, storedColumns } from './columns.ts';
import { COUNT_UP } from './count-up.ts';
import { ROLL_UP } from './rollup.ts';
import { nextAfterHorizon } from './streams.ts';

function namesOf(columns: readonly { readonly name: string }[]): string {
  return columns.map(({ name }) => name).join(', ');
}

/** SQL for the first sequence that is missing and not acknowledged: behind the last, where none is. */
function firstMissing(received: string): string {
  return `lower(
    int8multirange(int8range(coalesce(lower(${received}), 1), NULL)) - (${received}) - partition_sequence.acknowledged
  )`;
}

const messageParameters = arrayParameters(messageColumns, inputs.length + 1);
const storedNames = storedColumns.map(([name]) => name).join(', ');
const claimParameters = arrayParameters(claimColumns, inputs.length + messageColumns.length + 1);

/**
 * One statement, so that a batch is one round trip and one transaction whose locks never wait for this process.
 *
 * Appends that meet wait for each other and do not deadlock, since all lock rows in one order: the generation of the stream,
 * partitions by key, new events by place, counts by what they count. Each part reads what the one before it returns, and so
 * runs after it. Open connections come last; those that another transaction closes are left to it.
 * Appends that meet a new stream take a lock before: each would give it the same generation, and all but one would fail.
 *
 * An event older than what the log keeps is counted and received like any other, but not inserted.
 *
 * A place is taken where its sequence was received. Two events at one place of a key that is new to the log, appended at once
 * by two processes, are told apart only if their times are equal.
 */
export const APPEND = `
  WITH incoming AS (
    SELECT * FROM unnest(${arrayParameters(inputs, 1)}) AS incoming (${namesOf(inputs)})
  ), message AS (
    SELECT stream AS name, min(first) AS baseline, max(first) AS first,
           range_agg(int8range(sequence, sequence, '[]')) AS received
    FROM unnest(${messageParameters}) AS message (${namesOf(messageColumns)}) GROUP BY stream
  ), claim AS (
    SELECT * FROM unnest(${claimParameters}) AS claim (${namesOf(claimColumns)})
  ), received AS (
    INSERT INTO stream_generation (generation, name, baseline, first, received)
    SELECT coalesce(known.generation, newest.generation + row_number() OVER (ORDER BY name)),
           name, message.baseline, message.first, message.received
    FROM message LEFT JOIN stream_generation AS known USING (name)
    CROSS JOIN (SELECT coalesce(max(generation), 0) AS generation FROM stream_generation) AS newest
    WHERE known.name IS NOT NULL OR ${lockTaken('newStream')}
    ORDER BY name
    ON CONFLICT (name) DO UPDATE
    SET first = greatest(stream_generation.first, excluded.first),
        received = stream_generation.received + excluded.received,
        horizon_at = CASE WHEN ${nextAfterHorizon('stream_generation.received', 'stream_generation.first')}
                             = ${nextAfterHorizon(
                               'stream_generation.received + excluded.received',
                               'greatest(stream_generation.first, excluded.first)',
                             )}
                          THEN stream_generation.horizon_at ELSE clock_timestamp() END
    RETURNING generation, name
  ), generation AS (
    SELECT generation, name FROM received UNION SELECT generation, name FROM stream_generation
  ), taken AS (
    SELECT partition_key, received FROM partition_sequence
    WHERE partition_key IN (SELECT partition_key FROM incoming) AND (SELECT count(*) FROM received) >= 0
    ORDER BY partition_key FOR UPDATE
  ), fresh AS (
    SELECT coalesce(generation, 0) AS generation, ${storedColumns.map(([name, value]) => `${value} AS ${name}`).join(', ')}
    FROM incoming LEFT JOIN taken USING (partition_key) LEFT JOIN generation ON generation.name = incoming.stream
    WHERE taken.partition_key IS NULL OR NOT taken.received @> sequence
  ), inserted AS (
    INSERT INTO event (generation, ${storedNames})
    SELECT generation, ${storedNames} FROM fresh WHERE time >= (SELECT kept_from FROM retention)
    ORDER BY time, partition_key, sequence
    ON CONFLICT (time, partition_key, sequence) DO NOTHING
    RETURNING ${storedNames}
  ), stored AS (
    SELECT ${storedNames} FROM inserted
    UNION ALL
    SELECT ${storedNames} FROM fresh WHERE time < (SELECT kept_from FROM retention)
  ), note AS (
    SELECT partition_key, int8range(sequence, sequence, '[]') AS place, 0::bigint AS announced, NULL::bigint AS final,
           CASE type WHEN 'admit.store.started' THEN time END AS began_at, NULL AS service
    FROM stored
    UNION ALL
    SELECT about, NULL, last, CASE WHEN final THEN last END, NULL, service
    FROM claim JOIN stored USING (partition_key, sequence)
  ), noted AS (
    INSERT INTO partition_sequence
      (partition_key, received, announced, final, began_at, service, seen_at, hole_since)
    SELECT partition_key, coalesce(range_agg(place), '{}'), max(announced), max(final), min(began_at), max(service),
           clock_timestamp(), clock_timestamp()
    FROM note GROUP BY partition_key ORDER BY partition_key
    ON CONFLICT (partition_key) DO UPDATE
    SET received = partition_sequence.received + excluded.received,
        announced = greatest(partition_sequence.announced, excluded.announced),
        final = greatest(partition_sequence.final, excluded.final),
        began_at = least(partition_sequence.began_at, excluded.began_at),
        service = coalesce(partition_sequence.service, excluded.service),
        seen_at = CASE WHEN isempty(excluded.received) THEN partition_sequence.seen_at ELSE excluded.seen_at END,
        silent_since = CASE WHEN isempty(excluded.received) THEN partition_sequence.silent_since END,
        hole_since = CASE WHEN ${firstMissing('partition_sequence.received')}
                             = ${firstMissing('partition_sequence.received + excluded.received')}
                          THEN partition_sequence.hole_since ELSE excluded.hole_since END
    RETURNING partition_key
  ), counted AS (
    INSERT INTO event_total (type, reason, count)
    SELECT type, reason, sum(count) FROM stored WHERE (SELECT count(*) FROM noted) >= 0
    GROUP BY type, reason ORDER BY type, reason
    ON CONFLICT (type, reason) DO UPDATE SET count = event_total.count + excluded.count
    RETURNING type
  ), rolled_up AS (
    ${ROLL_UP} RETURNING dimension
  ), ${COUNT_UP}, opened AS (
    INSERT INTO open_connection (connection, edge, partition_key, sequence, time, synthetic, pathway)
    SELECT inserted.connection, opened_at, partition_key, sequence, inserted.time, inserted.synthetic IS NOT NULL,
           coalesce(inserted.pathway, 'ticket')
    FROM inserted JOIN incoming USING (partition_key, sequence)
    WHERE opened_at IN (SELECT partition_key FROM partition_sequence UNION SELECT partition_key FROM noted)
      AND NOT EXISTS (
        SELECT FROM event AS closed
        WHERE closed.connection = inserted.connection AND closed.type = 'admit.connection.closed'
          AND closed.time >= inserted.time - interval '1 minute'
      )
      AND inserted.connection NOT IN (
        SELECT connection FROM stored WHERE type = 'admit.connection.closed' AND connection IS NOT NULL
      )
    ON CONFLICT (connection) DO NOTHING
  ), closed AS (
    DELETE FROM open_connection WHERE connection IN (
      SELECT connection FROM open_connection
      WHERE connection IN (SELECT connection FROM stored WHERE type = 'admit.connection.closed')
      FOR UPDATE SKIP LOCKED
    )
  )
  SELECT partition_key, sequence::text AS sequence FROM inserted`;
