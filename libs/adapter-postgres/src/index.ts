export { inspectPostgres } from './inspect/inspect-postgres.ts';
export { createAuditLog, openAuditLog } from './open-audit-log.ts';
export { PSEUDONYMS } from './rebuild/present.ts';
export { type RebuildOptions, type RebuildReport, rebuildAuditLog } from './rebuild/rebuild-audit-log.ts';
export { RebuildError } from './rebuild/rebuild-error.ts';
export { migrate, SchemaError } from './sql/migrate.ts';
export { openPglite, type PgliteLocation } from './sql/pglite.ts';
export { openPostgres, type PostgresOptions } from './sql/postgres.ts';
export type { Sql, SqlQueries } from './sql/sql.ts';
