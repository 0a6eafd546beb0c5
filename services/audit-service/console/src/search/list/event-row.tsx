import type { StoredEvent } from '@admit-one/core';
import { memo } from 'react';
import { countText } from '../../ui/number-text.ts';
import { Time } from '../../ui/time.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import { wordsOf } from './event-words.ts';

export interface EventRowProps {
  readonly event: StoredEvent;
  readonly withDate: boolean;
  readonly focusable: boolean;
  readonly onOpen: (event: StoredEvent) => void;
}

/** A line has room for less than this. */
const MOST = 300;

const shown = (value: string) => visibleText(value.slice(0, MOST));

/** A line of the list. It opens what the event is about. */
export const EventRow = memo(function EventRow({ event, withDate, focusable, onOpen }: EventRowProps) {
  const { what, tone, reason, count, who, from, to } = wordsOf(event);
  return (
    <button type="button" className="event" tabIndex={focusable ? 0 : -1} onClick={() => onOpen(event)}>
      <span className="event-time">
        <Time at={event.time} style={withDate ? 'date-time' : 'time'} />
      </span>
      <span className={`event-what tone-${tone}`}>{what}</span>
      <span className="event-reason">
        {reason !== null && <code>{reason}</code>}
        {count > 1 && <span className="count"> × {countText(count)}</span>}
      </span>
      <span className="event-rest">
        {who !== null && <bdi className="event-who">{shown(who)}</bdi>}
        {from.map((value) => (
          <bdi key={value}>{shown(value)}</bdi>
        ))}
        {to !== null && <bdi>{shown(to)}</bdi>}
      </span>
    </button>
  );
});
