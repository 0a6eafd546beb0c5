/** Looks at something that is due. @returns in how many milliseconds it is due again */
export type Due = (now: number) => number;

/** Looks at many things when they are due, by one timer. */
export interface TimerWheel {
  /**
   * @param delayMs until the first look, which comes up to `TICK_MS` later, as do the others
   * @returns what ends the looks
   */
  add(delayMs: number, due: Due): () => void;
}

/** How late a look may come. */
export const TICK_MS = 50;

/** A wheel whose slots are the ticks at which something is due. It has a timer only while it has something to look at. */
export function createTimerWheel(): TimerWheel {
  const slots = new Map<number, Set<Due>>();
  const slotOf = new Map<Due, number>();
  let timer: NodeJS.Timeout | undefined;
  let turned = 0;

  function put(due: Due, at: number): void {
    const tick = Math.max(turned + 1, Math.ceil(at / TICK_MS));
    const slot = slots.get(tick);
    if (slot) slot.add(due);
    else slots.set(tick, new Set([due]));
    slotOf.set(due, tick);
  }

  function remove(due: Due): void {
    const tick = slotOf.get(due);
    if (tick === undefined) return;
    slotOf.delete(due);
    const slot = slots.get(tick);
    slot?.delete(due);
    if (slot?.size === 0) slots.delete(tick);
    if (slotOf.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  /** Ticks that were missed are caught up with. */
  function turn(): void {
    const now = performance.now();
    for (const last = Math.floor(now / TICK_MS); turned < last; ) {
      turned += 1;
      const slot = slots.get(turned);
      slots.delete(turned);
      for (const due of slot ?? []) {
        // Another look may have removed it, or it itself.
        if (!slotOf.has(due)) continue;
        const delayMs = due(now);
        if (slotOf.has(due)) put(due, now + delayMs);
      }
    }
  }

  return {
    add(delayMs, due) {
      const now = performance.now();
      if (!timer) {
        turned = Math.floor(now / TICK_MS);
        timer = setInterval(turn, TICK_MS);
        timer.unref();
      }
      put(due, now + delayMs);
      return () => remove(due);
    },
  };
}
