/** Keeps deliveries of events apart: storing some costs as much as fifty of them, however few they are. */
export interface DeliveryPace {
  /** A delivery of so many messages begins. */
  begin(messages: number): void;
  /** How long to wait before the next one; not at all where zero or less. */
  restMs(): number;
}

/** How far apart deliveries begin. */
const APART_MS = 200;
/** So many messages at once are those of a handler that is behind, and must catch up. */
const MANY_MESSAGES = 32;

export function createDeliveryPace(): DeliveryPace {
  let nextAt = Number.NEGATIVE_INFINITY;
  return {
    begin(messages) {
      nextAt = messages < MANY_MESSAGES ? performance.now() + APART_MS : Number.NEGATIVE_INFINITY;
    },
    restMs: () => nextAt - performance.now(),
  };
}
