import { make } from '../dom.ts';
import { clockText } from '../format.ts';
import type { TrailEvent } from '../trail/trail-event.ts';

/** One event: what and when, and the whole ReceivedEvent for who opens it. */
export function eventItem(event: TrailEvent): HTMLElement {
  const type = make('code', {}, event.type);
  const time = make('time', { datetime: event.time }, clockText(event.time));
  const whole = make(
    'pre',
    { tabindex: '0', 'aria-label': 'The ReceivedEvent' },
    JSON.stringify(event, null, 2),
  );
  const item = make('li', {}, make('details', {}, make('summary', {}, type, time), whole));
  item.dataset.event = event.id;
  return item;
}
