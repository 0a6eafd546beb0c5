import type { SealStore, StoredSeal } from '@admit-one/core';
import { timeText, unixMsText } from './audit-log/values.ts';
import type { Sql } from './sql/sql.ts';

/** The seals on a database whose schema is up to date. */
export function createSealStore(sql: Sql): SealStore {
  return {
    last: async () => (await seals(sql, 'ORDER BY seal.number DESC LIMIT 1'))[0] ?? null,
    covering: async (position) =>
      (
        await seals(sql, `WHERE ${END} >= string_to_array($1, '.')::bigint[] ORDER BY ${END} LIMIT 1`, [
          position,
        ])
      )[0] ?? null,
    list: (after, limit) => seals(sql, 'WHERE number > $1 ORDER BY seal.number LIMIT $2', [after, limit]),
    add: (seal, key) => add(sql, seal, key),
    async keys() {
      const rows = await sql.query<{ jwk: string }>('SELECT jwk FROM seal_key ORDER BY first_seal');
      return rows.map(({ jwk }) => JSON.parse(jwk) as object);
    },
  };
}

/** The position of its last event, to be compared: as the index has it. */
const END = "string_to_array(sealed_to, '.')::bigint[]";

interface Row extends Omit<StoredSeal, 'number' | 'to' | 'sealedAt'> {
  readonly number: string;
  readonly sealed_to: string;
  readonly at: string;
}

async function seals(
  sql: Sql,
  which: string,
  parameters: readonly unknown[] = [],
): Promise<readonly StoredSeal[]> {
  const rows = await sql.query<Row>(
    `SELECT number::text AS number, sealed_to, ${unixMsText('sealed_at')} AS at, kid, leaf, jws FROM seal ${which}`,
    parameters,
  );
  return rows.map(({ number, sealed_to: to, at, ...seal }) => ({
    ...{ number: Number(number), to, sealedAt: timeText(at), ...seal },
  }));
}

async function add(
  sql: Sql,
  { number, to, sealedAt, kid, leaf, jws }: StoredSeal,
  key: object,
): Promise<boolean> {
  const rows = await sql.query(
    `WITH added AS (
       INSERT INTO seal (number, sealed_to, sealed_at, kid, jws, leaf)
       SELECT $1, $2, $3, $4, $5, $7 WHERE $1 = (SELECT coalesce(max(number), 0) + 1 FROM seal)
       ON CONFLICT (number) DO NOTHING RETURNING number
     ), known AS (
       INSERT INTO seal_key (kid, jwk, first_seal) SELECT $4, $6, number FROM added ON CONFLICT (kid) DO NOTHING
     )
     SELECT number FROM added`,
    [number, to, sealedAt, kid, jws, JSON.stringify(key), leaf],
  );
  return rows.length > 0;
}
