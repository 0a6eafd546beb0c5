import { unixMs } from '../audit-log/values.ts';
import type { SqlQueries } from '../sql/sql.ts';

/** What a server says of itself, as far as it matters here. */
export interface ServerFacts {
  readonly version: string;
  /** Such as 15. */
  readonly majorVersion: number;
  readonly encoding: string;
  readonly fsync: string;
  readonly fullPageWrites: string;
  readonly synchronousCommit: string;
  /** Maximum number of connections, without those reserved for administrators. */
  readonly connectionLimit: number;
  readonly connectionsInUse: number;
  /** How far its clock is ahead of this machine's, or behind where negative. */
  readonly clockAheadMs: number;
}

const FACTS = `
  SELECT current_setting('server_version') AS version,
         current_setting('server_version_num')::integer / 10000 AS "majorVersion",
         current_setting('server_encoding') AS encoding,
         current_setting('fsync') AS fsync,
         current_setting('full_page_writes') AS "fullPageWrites",
         current_setting('synchronous_commit') AS "synchronousCommit",
         current_setting('max_connections')::integer
           - current_setting('superuser_reserved_connections')::integer
           - coalesce(current_setting('reserved_connections', true)::integer, 0) AS "connectionLimit",
         (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::integer
           AS "connectionsInUse"`;

const CLOCK = `SELECT ${unixMs('clock_timestamp()')} AS now`;

export async function readServerFacts(sql: SqlQueries): Promise<ServerFacts> {
  const [facts] = await sql.query<Omit<ServerFacts, 'clockAheadMs'>>(FACTS);
  if (!facts) throw new Error('the server says nothing of itself');
  return { ...facts, clockAheadMs: await clockAheadMs(sql) };
}

async function clockAheadMs(sql: SqlQueries): Promise<number> {
  const asked = Date.now();
  const [clock] = await sql.query<{ now: number }>(CLOCK);
  const middle = (asked + Date.now()) / 2;
  return Math.round((clock?.now ?? Number.NaN) - middle);
}
