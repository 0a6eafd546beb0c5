/** Runs statements. Parameters are `$1`, `$2`…: never part of the text. */
export interface SqlQueries {
  /**
   * Runs one statement and gives its rows. Select numbers beyond 32 bits and times as text: drivers differ on them.
   */
  query<Row = unknown>(text: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
}

/**
 * PostgreSQL 15 or later, as its drivers have it in common. Errors are the driver's own.
 */
export interface Sql extends SqlQueries {
  /** Commits when the work resolves, rolls back when it rejects. The work uses what it is given, nothing else. */
  transaction<Result>(work: (sql: SqlQueries) => Promise<Result>): Promise<Result>;
  /** Closes it for good; may be repeated. Later calls reject. */
  close(): Promise<void>;
}
