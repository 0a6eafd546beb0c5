import type { Forgetting, ReceivedEvent } from '@admit-one/core';
import { indexable } from '../audit-log/values.ts';
import type { SqlQueries } from '../sql/sql.ts';

/**
 * Lists the events of a user in the table `forgetting`: those that name them; those of their sessions, tickets and connections
 * that name nobody; and those in which an operator searched for them, or an entry about them was not confirmed.
 */
export async function findEvents(sql: SqlQueries, { users, issuer }: Forgetting): Promise<void> {
  await sql.query(
    `WITH own AS MATERIALIZED (
       SELECT time, partition_key, sequence, issuer, session, ticket, connection FROM event
       WHERE user_id = ANY ($1::text[]) AND ($2::text IS NULL OR issuer = $2)
     ), related AS (
       SELECT time, partition_key, sequence FROM own
       UNION
       SELECT time, partition_key, sequence FROM event
       WHERE ticket = ANY (ARRAY (SELECT DISTINCT ticket FROM own)) AND user_id IS NULL
       UNION
       SELECT time, partition_key, sequence FROM event
       WHERE connection = ANY (ARRAY (SELECT DISTINCT connection FROM own)) AND user_id IS NULL
       UNION
       SELECT time, partition_key, sequence FROM event
       WHERE session = ANY (ARRAY (SELECT DISTINCT session FROM own)) AND user_id IS NULL
         AND (issuer, session) IN (SELECT issuer, session FROM own)
     )
     INSERT INTO forgetting (time, partition_key, sequence)
     SELECT time, partition_key, sequence FROM related JOIN event USING (time, partition_key, sequence)
     WHERE forgotten_at IS NULL ORDER BY time, partition_key, sequence`,
    [users.map(indexable), issuer === undefined ? null : indexable(issuer)],
  );
  const mentions = await findMentions(sql, users);
  await sql.query(
    `INSERT INTO forgetting (time, partition_key, sequence)
     SELECT time, partition_key, sequence FROM unnest($1::timestamptz[], $2::text[], $3::bigint[])
       AS mention (time, partition_key, sequence)
     EXCEPT SELECT time, partition_key, sequence FROM forgetting`,
    [
      mentions.map(({ time }) => time),
      mentions.map(({ partitionkey }) => partitionkey),
      mentions.map(({ sequence }) => sequence),
    ],
  );
}

/** What names the user in events of others: user, sessions and addresses as they are stored, and entries about them. */
interface Names {
  readonly searched: readonly string[];
  readonly entries: readonly string[];
}

/** How many minutes are looked at by one statement. */
const MINUTES = 200;

/** The rollup knows the minutes in which there may be some. */
async function findMentions(sql: SqlQueries, users: readonly string[]): Promise<readonly ReceivedEvent[]> {
  const names = await mentionedNames(sql, users);
  const minutes = await sql.query<{ minute: string }>(
    `SELECT DISTINCT minute::text AS minute FROM rollup
     WHERE dimension = 'type' AND value IN ('admit.audit.accessed', 'admit.control.unconfirmed')
       AND minute >= (SELECT kept_from FROM retention)`,
  );
  const found: ReceivedEvent[] = [];
  for (let done = 0; done < minutes.length; done += MINUTES) {
    const rows = await sql.query<{ event: string }>(
      `SELECT event.event FROM unnest($1::timestamptz[]) AS of (minute)
       CROSS JOIN LATERAL (
         SELECT event FROM event
         WHERE time >= of.minute AND time < of.minute + interval '1 minute' AND forgotten_at IS NULL
           AND type IN ('admit.audit.accessed', 'admit.control.unconfirmed') OFFSET 0
       ) AS event
       WHERE EXISTS (SELECT FROM unnest($2::text[]) AS name WHERE strpos(event.event, name) > 0)`,
      [
        minutes.slice(done, done + MINUTES).map(({ minute }) => minute),
        [...names.searched, ...names.entries].map((name) => JSON.stringify(name).slice(1, -1)),
      ],
    );
    found.push(...rows.map(({ event }) => JSON.parse(event) as ReceivedEvent).filter(mentions(names)));
  }
  return found;
}

function mentions({ searched, entries }: Names): (event: ReceivedEvent) => boolean {
  const values = searched.map((value) => value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const inQuery = new RegExp(`[=,](?:${values.join('|')})(?=$|[ ,|])`);
  const ids = new Set(entries);
  return ({ data: { query, entry } }) =>
    (typeof query === 'string' && inQuery.test(query)) || (typeof entry === 'string' && ids.has(entry));
}

async function mentionedNames(sql: SqlQueries, users: readonly string[]): Promise<Names> {
  const [row] = await sql.query<{ searched: string; entries: string }>(
    `SELECT coalesce(json_agg(DISTINCT name) FILTER (WHERE name IS NOT NULL), '[]')::text AS searched,
            coalesce(json_agg(DISTINCT entry) FILTER (WHERE entry IS NOT NULL), '[]')::text AS entries
     FROM forgetting JOIN event USING (time, partition_key, sequence)
     CROSS JOIN LATERAL (VALUES (session), (host(address))) AS named (name)
     CROSS JOIN LATERAL (
       SELECT CASE WHEN type IN ('admit.session.revoked', 'admit.control.changed')
                   THEN substring(event.event FROM '"subject":"([\\w-]{22})"') END AS entry
     ) AS about`,
  );
  const names = JSON.parse(row?.searched ?? '[]') as readonly string[];
  return {
    searched: [...new Set([...users, ...names])],
    entries: JSON.parse(row?.entries ?? '[]') as readonly string[],
  };
}

/** What names the user in what was kept aside: the user, and their sessions, tickets and connections. */
export async function namesOfUser(
  sql: SqlQueries,
  { users }: Pick<Forgetting, 'users'>,
): Promise<readonly string[]> {
  const rows = await sql.query<{ name: string }>(
    `SELECT DISTINCT name FROM forgetting JOIN event USING (time, partition_key, sequence)
     CROSS JOIN LATERAL (VALUES (session), (ticket), (connection)) AS named (name)
     WHERE name IS NOT NULL AND text IS NOT NULL`,
  );
  return [...new Set([...users, ...rows.map(({ name }) => name)])];
}
