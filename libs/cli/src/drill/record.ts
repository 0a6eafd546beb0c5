/** One new connection during a drill. All times are milliseconds since the break. */
export interface NewConnection {
  readonly atMs: number;
  readonly tookMs: number;
  /** Its ticket; null where it was not admitted. */
  readonly ticketId: string | null;
  /** The public code of the rejection; null where it was admitted, or nothing says why not. */
  readonly code: string | null;
}

/** What a drill has seen. */
export interface DrillRecord {
  /** In their order, from the break until users got in again. */
  readonly attempts: readonly NewConnection[];
  readonly undoneAtMs: number;
  /** The connections that were open before. */
  readonly open: readonly { readonly losses: number; readonly longestGapMs: number }[];
  /** Null where no operator's token was given. */
  readonly audit: AuditFindings | null;
}

/** What the audit log says afterwards; null where it did not answer. */
export interface AuditFindings {
  /** How many events are missing that were not missing before. */
  readonly missing: number | null;
  /** How many of the admissions it does not have. */
  readonly unrecorded: number | null;
}
