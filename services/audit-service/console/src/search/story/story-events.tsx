import type { StoryEvent } from '@admit-one/audit-service/api-types';
import type { StoredEvent } from '@admit-one/core';
import { durationText } from '@admit-one/text/duration-text';
import { Code } from '../../ui/code.tsx';
import { Time } from '../../ui/time.tsx';
import { visibleJson } from '../../ui/visible-text.ts';
import { wordsOf } from '../list/event-words.ts';

/** The events of a story in their order, each with what it has as it was published. */
export function StoryEvents({ events }: { readonly events: readonly StoryEvent[] }) {
  return (
    <ol className="story-events">
      {events.map((event) => (
        <StoryEventItem key={event.id} event={event} />
      ))}
    </ol>
  );
}

function StoryEventItem({ event }: { readonly event: StoryEvent }) {
  const { sinceMs, ...raw } = event;
  const { what, tone, reason, count, from, to } = wordsOf(raw as StoredEvent);
  return (
    <li>
      <p>
        <Time at={event.time} style="time" /> <span className="note">+{durationText(sinceMs)}</span>{' '}
        <strong className={`tone-${tone}`}>{what}</strong> {reason !== null && <code>{reason}</code>}
        {count > 1 && ` × ${count}`}
      </p>
      <p className="story-facts">
        {[...from, to].map((value) => value !== null && value !== '' && <Code key={value}>{value}</Code>)}
      </p>
      <RawEvent event={raw} />
    </li>
  );
}

/** An event as it was published, on demand. */
export function RawEvent({ event, open = false }: { readonly event: object; readonly open?: boolean }) {
  return (
    <details open={open}>
      <summary>The event as published</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be in reach of the keyboard */}
      <pre className="raw" dir="ltr" tabIndex={0}>
        {visibleJson(event)}
      </pre>
    </details>
  );
}
