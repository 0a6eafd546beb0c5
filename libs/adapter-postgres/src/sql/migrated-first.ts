import { migrate } from './migrate.ts';
import type { Sql } from './sql.ts';

export interface MigratedSql extends Sql {
  /** Resolves when the schema is up to date; tries to bring it there where the last try failed. */
  migrated(): Promise<void>;
}

/** The same database; statements wait until its schema is up to date. */
export function migratedFirst(sql: Sql): MigratedSql {
  let migration: Promise<void> | undefined;

  function migrated(): Promise<void> {
    migration ??= migrate(sql).catch((error: unknown) => {
      migration = undefined;
      throw error;
    });
    return migration;
  }

  return {
    migrated,
    async query<Row>(text: string, parameters?: readonly unknown[]) {
      await migrated();
      return sql.query<Row>(text, parameters);
    },
    async transaction(work) {
      await migrated();
      return sql.transaction(work);
    },
    close: () => sql.close(),
  };
}
