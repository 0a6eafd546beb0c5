import type { AlertState } from '../alert-state.ts';

/** What is known about one alert since the last evaluation. */
export interface AlertRecord {
  readonly name: string;
  readonly state: AlertState;
  /** What its condition measured last; null where there was nothing to measure. */
  readonly value: number | null;
  /** What that value is about, such as the address prefix; null where nothing is. */
  readonly detail: string | null;
  /** When it was last evaluated. All times are store time, Unix milliseconds. */
  readonly evaluatedAt: number;
  /** When it last fired; null where it never did. */
  readonly firedAt: number | null;
  /** When it last resolved; null where it never did. */
  readonly resolvedAt: number | null;
  /** Whether the event of its last change is known to be published. */
  readonly reported: boolean;
  /** Whether the webhook has taken its last change. */
  readonly notified: boolean;
}

/**
 * The state of the alerts, which outlives every process.
 *
 * - **One leader**: of all instances that call `lead` with the same lease, at most one is told that it leads. It leads until
 *   it calls `resign` or has not called `lead` for the lease, by the store's clock.
 * - **Fenced**: `save` writes all records in one transaction while the instance leads, and nothing where another does.
 *
 * All methods throw `AuditLogError`.
 */
export interface AlertStore {
  /** Takes the leadership where it is free, and renews the caller's own. */
  lead(instance: string, leaseMs: number): Promise<boolean>;
  /** Gives the leadership up; does nothing where another instance leads. */
  resign(instance: string): Promise<void>;
  /** By name. */
  read(): Promise<readonly AlertRecord[]>;
  /** Replaces all records. False, and nothing is written, where another instance leads. */
  save(instance: string, records: readonly AlertRecord[]): Promise<boolean>;
}
