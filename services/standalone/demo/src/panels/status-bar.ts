import { byId } from '../dom.ts';
import type { Model } from '../model.ts';
import { phaseLabels } from '../state-texts.ts';

/** Shows the client's state at the top of the window while its card is scrolled away. */
export function createStatusBar(): { show(model: Model): void } {
  const bar = byId('status-bar');
  const word = byId('status-word');
  const more = byId('status-more');

  new IntersectionObserver((moves) => {
    bar.hidden = moves.at(-1)?.isIntersecting ?? true;
  }).observe(byId('client'));

  return {
    show({ client: { state, reason }, phase }) {
      bar.dataset.phase = phase;
      word.textContent = phaseLabels[phase];
      more.textContent = state === 'open' ? '' : (reason ?? '');
    },
  };
}
