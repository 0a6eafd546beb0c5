import type { Reason } from '@admit-one/core';

/** Why a handshake is rejected before its ticket is looked up. */
export interface FailedCheck {
  readonly reason: Reason;
  /** Replaces the public code's own text. */
  readonly detail?: string | undefined;
  /** Replaces that of the reason. */
  readonly retryAfterSeconds?: number | undefined;
}
