import type { Reason } from '@admit-one/core';

/** Why the gate or the edge rejects a handshake. */
export interface FailedCheck {
  readonly reason: Reason;
  /** Replaces the public code's own text. */
  readonly detail?: string | undefined;
  /** Replaces that of the reason. */
  readonly retryAfterSeconds?: number | undefined;
  /** The error behind it, for the log. */
  readonly cause?: unknown;
}
