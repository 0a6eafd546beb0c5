/** Minimum interval between two sends of a busy connection, in milliseconds: a fraction of a reply's time under that load. */
const MIN_INTERVAL_MS = 1;

/**
 * Returns a function that has `send` called once, however often it is called meanwhile: at the end of this turn of the event
 * loop, or one millisecond later if `send` was called within the last millisecond.
 */
export function gather(send: () => void): () => void {
  let gathering = false;
  let sentAt = Number.NEGATIVE_INFINITY;

  function sendNow(): void {
    gathering = false;
    sentAt = performance.now();
    send();
  }

  return () => {
    if (gathering) return;
    gathering = true;
    if (performance.now() - sentAt < MIN_INTERVAL_MS) setTimeout(sendNow, MIN_INTERVAL_MS);
    else setImmediate(sendNow);
  };
}
