import type { ClientStatus } from '@admit-one/client';
import { byId } from '../dom.ts';

const TICK_MS = 50;

/** Counts down to the client's next attempt. */
export function createCountdown(): { show(status: ClientStatus): void } {
  const whole = byId('countdown');
  const text = byId('countdown-text');
  const rest = byId('countdown-rest');
  let timer: ReturnType<typeof setInterval> | undefined;

  return {
    show({ state, nextRetryAt }) {
      clearInterval(timer);
      const isShown = state === 'waiting' && nextRetryAt !== null;
      // Its place is kept, so that nothing below it moves.
      whole.dataset.shown = String(isShown);
      if (!isShown) return;
      const wholeMs = Math.max(1, nextRetryAt - Date.now());
      const tick = () => {
        const leftMs = Math.max(0, nextRetryAt - Date.now());
        text.textContent = `Next attempt in ${(leftMs / 1_000).toFixed(1)} s`;
        rest.style.width = `${Math.min(100, (100 * leftMs) / wholeMs)}%`;
      };
      tick();
      timer = setInterval(tick, TICK_MS);
    },
  };
}
