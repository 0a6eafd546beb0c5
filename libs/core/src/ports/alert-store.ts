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

/** What the quantities of the conditions were at a time; one that could not be measured is missing. */
export interface AlertSample {
  /** Store time, Unix milliseconds: the name of the sample. */
  readonly at: number;
  readonly values: Readonly<Record<string, number>>;
}

/** What one evaluation leaves behind. */
export interface AlertEvaluation {
  /** All of them: any other record is removed. */
  readonly records: readonly AlertRecord[];
  /** Added to the samples. */
  readonly sample?: AlertSample;
  /** Which samples to remove, by their time. */
  readonly forget?: readonly number[];
}

/** For how many leases an instance that is not connected waits for one that is. */
export const UNCONNECTED_LEASES = 4;

/**
 * The state of the alerts, which outlives every process.
 *
 * - **One leader**: of all instances that call `lead` with the same lease, at most one is told that it leads. It leads until
 *   it calls `resign` or has not called `lead` for the lease, by the store's clock.
 * - **Connected first**: an instance without the bus sees too little. It takes the leadership only where nobody has called
 *   `lead` for `UNCONNECTED_LEASES` leases, and where it leads, one that is connected takes over at once.
 * - **Fenced**: `save` writes an evaluation in one transaction while the instance leads, and nothing where another does.
 *
 * All methods throw `AuditLogError`.
 */
export interface AlertStore {
  /** Takes the leadership where it is free, and renews the caller's own. */
  lead(instance: string, leaseMs: number, isConnected: boolean): Promise<boolean>;
  /** Gives the leadership up; does nothing where another instance leads. */
  resign(instance: string): Promise<void>;
  /** By name. */
  records(): Promise<readonly AlertRecord[]>;
  /** The oldest first. */
  samples(): Promise<readonly AlertSample[]>;
  /** False, and nothing is written, where another instance leads. */
  save(instance: string, evaluation: AlertEvaluation): Promise<boolean>;
}
