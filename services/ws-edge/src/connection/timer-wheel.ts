/** Something that is looked at when it is due. */
export interface Due {
  /** @returns in how many milliseconds it is due again */
  look(now: number): number;
  /** Where it is in the wheel; null where it isn't. The wheel's own. */
  tick: number | null;
}

/** Looks at many things when they are due, by one timer. */
export interface TimerWheel {
  /** @param delayMs until the first look, which comes up to `TICK_MS` later, as do the others */
  add(due: Due, delayMs: number): void;
  /** Ends the looks. */
  remove(due: Due): void;
}

/** How late a look may come. */
export const TICK_MS = 50;

/** A wheel whose slots are the ticks at which something is due. It has a timer only while it has something to look at. */
export function createTimerWheel(): TimerWheel {
  const slots = new Map<number, Set<Due>>();
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  let turned = 0;

  function put(due: Due, at: number): void {
    const tick = Math.max(turned + 1, Math.ceil(at / TICK_MS));
    const slot = slots.get(tick);
    if (slot) slot.add(due);
    else slots.set(tick, new Set([due]));
    due.tick = tick;
  }

  function remove(due: Due): void {
    const { tick } = due;
    if (tick === null) return;
    due.tick = null;
    const slot = slots.get(tick);
    slot?.delete(due);
    if (slot?.size === 0) slots.delete(tick);
    size -= 1;
    if (size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  /** Ticks that were missed are caught up with. */
  function turn(): void {
    const now = performance.now();
    for (const last = Math.floor(now / TICK_MS); turned < last; ) {
      turned += 1;
      const slot = slots.get(turned);
      if (!slot) continue;
      slots.delete(turned);
      for (const due of slot) {
        // Another look may have removed it, or it itself.
        if (due.tick === null) continue;
        const delayMs = due.look(now);
        if (due.tick !== null) put(due, now + delayMs);
      }
    }
  }

  return {
    add(due, delayMs) {
      const now = performance.now();
      if (!timer) {
        turned = Math.floor(now / TICK_MS);
        timer = setInterval(turn, TICK_MS);
        timer.unref();
      }
      put(due, now + delayMs);
      size += 1;
    },
    remove,
  };
}
