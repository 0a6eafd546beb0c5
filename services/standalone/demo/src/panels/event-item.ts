import type { AuditEvent } from '../audit-log/audit-event.ts';
import { make } from '../dom.ts';
import { clockText } from '../format.ts';

/** One event: what and when, and the whole CloudEvent for who opens it. */
export function eventItem(event: AuditEvent): HTMLElement {
  const type = make('code', {}, event.type);
  const time = make('time', { datetime: event.time }, clockText(event.time));
  const whole = make(
    'pre',
    { tabindex: '0', 'aria-label': 'The CloudEvent' },
    JSON.stringify(event, null, 2),
  );
  const item = make('li', {}, make('details', {}, make('summary', {}, type, time), whole));
  item.dataset.event = event.id;
  return item;
}
