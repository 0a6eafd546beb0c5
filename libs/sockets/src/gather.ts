/** Minimum interval between two sends of a busy connection, in milliseconds: a fraction of a reply's time under that load. */
const MIN_INTERVAL_MS = 1;

/** How long calls are counted before it is known whether they are many. */
const COUNTED_MS = 10;
/** From so many calls per millisecond on, sending fewer times is worth a wait. */
const BUSY_CALLS_PER_MS = 2;

/**
 * Returns a function that has `send` called once, however often it is called meanwhile: at the end of this turn of the event
 * loop, or, where calls are many, one millisecond later if `send` was called within the last millisecond.
 */
export function gather(send: () => void): () => void {
  let gathering = false;
  let sentAt = Number.NEGATIVE_INFINITY;
  let countedFrom = Number.NEGATIVE_INFINITY;
  let calls = 0;
  let busy = false;

  function sendNow(): void {
    gathering = false;
    sentAt = performance.now();
    send();
  }

  function begin(): void {
    gathering = true;
    const now = performance.now();
    const countedMs = now - countedFrom;
    if (countedMs >= COUNTED_MS) {
      busy = calls >= BUSY_CALLS_PER_MS * countedMs;
      calls = 0;
      countedFrom = now;
    }
    if (busy && now - sentAt < MIN_INTERVAL_MS) setTimeout(sendNow, MIN_INTERVAL_MS);
    else setImmediate(sendNow);
  }

  return () => {
    calls += 1;
    if (!gathering) begin();
  };
}
