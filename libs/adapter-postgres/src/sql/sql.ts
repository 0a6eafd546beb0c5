/** Runs statements. Parameters are `$1`, `$2`…: never part of the text. */
export interface SqlQueries {
  /**
   * Runs one statement and gives its rows. `boolean`, integers of up to 32 bits and floats come as JavaScript's own,
   * `bytea` as a `Uint8Array`, and everything else as PostgreSQL writes it: `bigint`, `numeric`, times (in UTC) and
   * JSON are text. Arrays are not promised: select them as JSON.
   */
  query<Row = unknown>(text: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
}

/**
 * What the drivers of PostgreSQL 15 and later have in common. A statement outside a transaction runs in its own. Errors
 * are the driver's own; where a statement or a commit was not answered, its outcome is unknown.
 */
export interface Sql extends SqlQueries {
  /**
   * Commits when the work resolves, rolls back when it rejects. The work must use only its argument. Also
   * rejects if the work resolves although one of its statements failed: nothing was committed then.
   */
  transaction<Result>(work: (sql: SqlQueries) => Promise<Result>): Promise<Result>;
  /** Closes the database. May be called again. Later calls reject. */
  close(): Promise<void>;
}
