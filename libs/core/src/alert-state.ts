/** `page`: someone is woken up. `ticket`: within a working day. `info`: for the record. */
export const alertSeverities = ['page', 'ticket', 'info'] as const;

export type AlertSeverity = (typeof alertSeverities)[number];

/** Where an alert stands. Times are store time, Unix milliseconds. */
export type AlertState =
  | { readonly status: 'inactive' }
  /** Its condition holds, but not for long enough. */
  | { readonly status: 'pending'; readonly since: number }
  /** It goes on firing for a while after `heldAt`, when its condition last held. */
  | { readonly status: 'firing'; readonly since: number; readonly heldAt: number };

/** For how long a condition must hold, and for how long an alert keeps firing after it held last. */
export interface AlertDelays {
  readonly forMs: number;
  readonly keepFiringForMs: number;
}

/**
 * The state after an evaluation at `now`: pending while the condition has not held for `forMs`, firing after that, inactive
 * when it has not held for `keepFiringForMs`.
 */
export function nextAlertState(
  state: AlertState,
  holds: boolean,
  now: number,
  { forMs, keepFiringForMs }: AlertDelays,
): AlertState {
  switch (state.status) {
    case 'firing':
      if (holds) return { ...state, heldAt: now };
      return now - state.heldAt < keepFiringForMs ? state : { status: 'inactive' };
    case 'pending':
      if (!holds) return { status: 'inactive' };
      return now - state.since < forMs ? state : { status: 'firing', since: now, heldAt: now };
    case 'inactive':
      if (!holds) return state;
      return forMs > 0 ? { status: 'pending', since: now } : { status: 'firing', since: now, heldAt: now };
    default:
      return state satisfies never;
  }
}
