import type { Sql, SqlQueries } from '../sql/sql.ts';
import { type Present, REBUILD_SCHEMA } from './present.ts';
import { RebuildError } from './rebuild-error.ts';

export interface SwapOptions {
  readonly database: Sql;
  readonly present: Present;
  readonly keepOlder: boolean;
  /** The first message that was read from the stream. */
  readonly first: number;
  /** Reads what came last. Nothing is stored in the present tables meanwhile. */
  readonly finish: () => Promise<void>;
}

const TRIES = 5;
/** A lock that is not available, and a deadlock: someone was in the middle of something. */
const BUSY: ReadonlySet<unknown> = new Set(['55P03', '40P01']);

/** Puts the rebuilt tables in the place of the present ones, in one transaction. */
export async function swap(options: SwapOptions): Promise<void> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await options.database.transaction((transaction) => swapWithin(transaction, options));
    } catch (error) {
      const code = (error as { readonly code?: unknown } | null)?.code;
      if (attempt === TRIES || !BUSY.has(code)) throw error;
    }
}

async function swapWithin(
  sql: SqlQueries,
  { present, keepOlder, first, finish }: SwapOptions,
): Promise<void> {
  const { schema } = present;
  const tables = await tablesOf(sql, REBUILD_SCHEMA);
  await sql.query("SET LOCAL lock_timeout = '5s'");
  // The first table of every append: those that are under way end, and others wait here.
  const locked = [
    'stream_generation',
    'partition_sequence',
    'event_conflict',
    'dead_letter',
    'acknowledgement',
    'alert_leader',
    'alert',
    'alert_sample',
    'seal',
    'seal_key',
    'withdrawn_token',
  ];
  await sql.query(`LOCK TABLE ${locked.map((name) => `${schema}.${name}`).join(', ')} IN EXCLUSIVE MODE`);
  await finish();
  await checkReceived(sql, present, first);
  await takeOver(sql, present, keepOlder);
  const replaced = tables.filter(({ isPartition }) => !isPartition).map(({ name }) => `${schema}.${name}`);
  await sql.query(`DROP TABLE ${replaced.join(', ')} CASCADE`);
  for (const { name } of tables)
    await sql.query(`ALTER TABLE ${REBUILD_SCHEMA}.${name} SET SCHEMA ${schema}`);
}

interface Table {
  readonly name: string;
  readonly isPartition: boolean;
}

/** The tables of a schema as SQL writes them, except the list of migrations. */
function tablesOf(sql: SqlQueries, schema: string): Promise<readonly Table[]> {
  return sql.query<Table>(
    `SELECT quote_ident(relname) AS name, relispartition AS "isPartition" FROM pg_class
     WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p') AND relname <> 'schema_migration'
     ORDER BY relispartition, relname`,
    [schema],
  );
}

/** @throws {RebuildError} where a message was stored that the stream did not have any more */
async function checkReceived(sql: SqlQueries, { schema, generation }: Present, first: number): Promise<void> {
  const [row] = await sql.query<{ missing: string; newest: number }>(
    `SELECT (present.received * int8multirange(int8range($2, NULL)) - rebuilt.received)::text AS missing,
            (SELECT max(generation) FROM ${schema}.stream_generation) AS newest
     FROM ${schema}.stream_generation AS present
     JOIN ${REBUILD_SCHEMA}.stream_generation AS rebuilt USING (generation) WHERE generation = $1`,
    [generation, first],
  );
  if (row?.newest !== generation)
    throw new RebuildError('the event stream was created again meanwhile: run the rebuild again');
  if (row.missing !== '{}')
    throw new RebuildError(`the audit log has messages that the event stream does not have: ${row.missing}`);
}

/** What cannot be read from the stream: what was acknowledged, when something was heard of, and what is no longer kept. */
async function takeOver(sql: SqlQueries, { schema }: Present, keepOlder: boolean): Promise<void> {
  for (const statement of [...notInTheStream(schema), ...(keepOlder ? olderThanTheStream(schema) : [])])
    await sql.query(statement);
}

const NEW = REBUILD_SCHEMA;

function droppedDays(old: string): string {
  return `day < (SELECT kept_from FROM ${old}.retention) AT TIME ZONE 'UTC'`;
}

function notInTheStream(old: string): readonly string[] {
  return [
    `UPDATE ${NEW}.stream_generation AS rebuilt
     SET horizon_at = present.horizon_at, acknowledged = present.acknowledged
     FROM ${old}.stream_generation AS present WHERE present.generation = rebuilt.generation`,
    `UPDATE ${NEW}.partition_sequence AS rebuilt
     SET seen_at = present.seen_at, silent_since = present.silent_since, hole_since = present.hole_since,
         acknowledged = present.acknowledged, tail_acknowledged_at = present.tail_acknowledged_at,
         service = coalesce(rebuilt.service, present.service)
     FROM ${old}.partition_sequence AS present WHERE present.partition_key = rebuilt.partition_key`,
    // How long events took to be stored cannot be read from the stream.
    `DELETE FROM ${NEW}.log_count WHERE counter LIKE 'storage %'`,
    `INSERT INTO ${NEW}.log_count SELECT * FROM ${old}.log_count WHERE counter LIKE 'storage %'`,
    `INSERT INTO ${NEW}.dead_letter SELECT * FROM ${old}.dead_letter
     ON CONFLICT (digest) DO UPDATE
     SET body = excluded.body, stored_at = excluded.stored_at, acknowledged_at = excluded.acknowledged_at`,
    `INSERT INTO ${NEW}.event_conflict SELECT * FROM ${old}.event_conflict
     ON CONFLICT (partition_key, sequence, digest)
     DO UPDATE SET event = excluded.event, stored_at = excluded.stored_at, acknowledged_at = excluded.acknowledged_at`,
    `INSERT INTO ${NEW}.acknowledgement (kind, name, reason, operator, acknowledged_at)
     SELECT kind, name, reason, operator, acknowledged_at FROM ${old}.acknowledgement ORDER BY id`,
    `UPDATE ${NEW}.retention AS rebuilt
     SET kept_from = present.kept_from, rollup_from = present.rollup_from, last_run_at = present.last_run_at
     FROM ${old}.retention AS present`,
    `INSERT INTO ${NEW}.alert SELECT * FROM ${old}.alert`,
    `INSERT INTO ${NEW}.alert_sample SELECT * FROM ${old}.alert_sample`,
    `INSERT INTO ${NEW}.seal SELECT * FROM ${old}.seal`,
    `INSERT INTO ${NEW}.seal_key SELECT * FROM ${old}.seal_key`,
    `INSERT INTO ${NEW}.withdrawn_token SELECT * FROM ${old}.withdrawn_token`,
    `UPDATE ${NEW}.alert_leader AS rebuilt SET instance = present.instance, renewed_at = present.renewed_at
     FROM ${old}.alert_leader AS present`,
  ];
}

/**
 * The events of dropped days are counted in the present tables only: their numbers stay received, their minutes counted, and
 * what the totals have beyond all minutes stays in them.
 */
function olderThanTheStream(old: string): readonly string[] {
  return [
    `INSERT INTO ${NEW}.partition_sequence AS rebuilt
       (partition_key, received, seen_at, announced, final, began_at, silent_since, hole_since, acknowledged,
        tail_acknowledged_at, service)
     SELECT partition_key, received, seen_at, announced, final, began_at, silent_since, hole_since, acknowledged,
            tail_acknowledged_at, service
     FROM ${old}.partition_sequence
     ON CONFLICT (partition_key) DO UPDATE
     SET received = rebuilt.received + excluded.received, announced = greatest(rebuilt.announced, excluded.announced),
         final = greatest(rebuilt.final, excluded.final), began_at = least(rebuilt.began_at, excluded.began_at)`,
    `DELETE FROM ${NEW}.rollup WHERE minute < (SELECT kept_from FROM ${old}.retention)`,
    `INSERT INTO ${NEW}.rollup SELECT * FROM ${old}.rollup WHERE minute < (SELECT kept_from FROM ${old}.retention)`,
    `DELETE FROM ${NEW}.log_count WHERE ${droppedDays(old)}`,
    `INSERT INTO ${NEW}.log_count SELECT * FROM ${old}.log_count WHERE ${droppedDays(old)}`,
    `CREATE TEMPORARY TABLE rebuilt_total ON COMMIT DROP AS
     SELECT type, reason, sum(count) AS count FROM (
       SELECT type, nullif(reason, '') AS reason, count FROM ${NEW}.rollup WHERE dimension = 'type'
       UNION ALL SELECT type, reason, count FROM ${old}.event_total
       UNION ALL SELECT type, nullif(reason, ''), -count FROM ${old}.rollup WHERE dimension = 'type'
       UNION ALL SELECT type, reason, -count FROM ${old}.event WHERE generation = 0
     ) AS counted GROUP BY type, reason HAVING sum(count) > 0`,
    `TRUNCATE ${NEW}.event_total`,
    `INSERT INTO ${NEW}.event_total (type, reason, count) SELECT type, reason, count FROM rebuilt_total`,
  ];
}
