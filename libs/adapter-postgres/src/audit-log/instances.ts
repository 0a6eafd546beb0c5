import type { InstanceReport, ReceivedEvent } from '@admit-one/core';
import type { Sql } from '../sql/sql.ts';
import { timeText, unixMsText } from './values.ts';

/** Instances tell of themselves every 10 s. */
const TOLD = "interval '45 seconds'";
const LISTED = "interval '1 hour'";
const LATEST = `SELECT max(time) FROM event WHERE time BETWEEN now() - interval '1 day' AND now() + interval '1 minute'`;

/** Of the events it reads those of the last seconds: they have no index by type. */
const INSTANCES = `
  WITH told AS (
    SELECT DISTINCT ON (partition_key) partition_key, event FROM event
    WHERE time >= (${LATEST}) - ${TOLD} AND time <= (${LATEST})
      AND type IN ('admit.service.started', 'admit.service.alive', 'admit.service.stopped')
    ORDER BY partition_key, sequence DESC
  )
  SELECT partition_key, service, event, ${unixMsText('seen_at')} AS seen_at,
         CASE WHEN closed THEN 'stopped'
              WHEN seen_at > clock_timestamp() - interval '30 seconds' THEN 'alive'
              ELSE 'silent' END AS state
  FROM partition_sequence LEFT JOIN told USING (partition_key)
  WHERE service IS NOT NULL
    AND seen_at > (SELECT max(seen_at) FROM partition_sequence WHERE service IS NOT NULL) - ${LISTED}
  ORDER BY service, partition_key`;

interface Row {
  readonly partition_key: string;
  readonly service: string;
  readonly event: string | null;
  readonly seen_at: string;
  readonly state: InstanceReport['state'];
}

export async function instances(sql: Sql): Promise<readonly InstanceReport[]> {
  const rows = await sql.query<Row>(INSTANCES);
  return rows.map(({ partition_key: instance, service, event, seen_at, state }) => ({
    ...{ instance, service, state },
    heardAt: timeText(seen_at),
    told: event === null ? null : (JSON.parse(event) as ReceivedEvent).data,
  }));
}
