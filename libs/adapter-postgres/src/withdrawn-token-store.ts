import type { WithdrawnTokenStore } from '@admit-one/core';
import { storable } from './audit-log/values.ts';
import type { Sql } from './sql/sql.ts';

/** The withdrawn tokens on a database whose schema is up to date. */
export function createWithdrawnTokenStore(sql: Sql): WithdrawnTokenStore {
  return {
    async withdraw({ tokenId, reason, operator }) {
      const rows = await sql.query(
        `INSERT INTO withdrawn_token (token_id, reason, operator) VALUES ($1, $2, $3)
         ON CONFLICT (token_id) DO NOTHING RETURNING 1`,
        [tokenId, reason, operator].map(storable),
      );
      return rows.length > 0;
    },
    async isWithdrawn(tokenId) {
      const rows = await sql.query('SELECT FROM withdrawn_token WHERE token_id = $1', [storable(tokenId)]);
      return rows.length > 0;
    },
  };
}
