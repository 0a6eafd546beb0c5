import { make } from '../dom.ts';
import { clockText, durationText, shortId } from '../format.ts';
import {
  beginningOf,
  refusalsOf,
  type Station,
  stations,
  stationsOf,
  type TicketStory,
} from '../trail/ticket-story.ts';
import type { TrailEvent } from '../trail/trail-event.ts';
import { eventItem } from './event-item.ts';

/** The life of one ticket as a card, which grows with its story. */
export interface StoryCard {
  readonly element: HTMLElement;
  readonly story: TicketStory;
  /** Unix milliseconds. */
  readonly beganAt: number;
  show(story: TicketStory): void;
}

/** @param unfolded whether its events are shown at once */
export function createStoryCard(first: TicketStory, { unfolded }: { unfolded: boolean }): StoryCard {
  const time = make('time');
  const head = make(
    'p',
    { className: 'story-head' },
    make('code', {}, shortId(first.ticketId)),
    make('span', { className: 'tag' }, 'current'),
    time,
  );
  head.firstElementChild?.setAttribute('title', first.ticketId);
  const track = make('ol', { className: 'track', 'aria-label': 'Its life' });
  const notes = make('ul', { className: 'story-notes' });
  const summary = make('summary');
  const events = make('ol', { className: 'story-events' });
  const details = make('details', {}, summary, events);
  details.open = unfolded;
  const element = make('li', { className: 'story' }, head, track, notes, details);
  let story = first;

  return {
    element,
    get story() {
      return story;
    },
    get beganAt() {
      return beginningOf(story);
    },
    show(next) {
      const isNews = next.events.length !== story.events.length;
      story = next;
      if (!isNews) return;
      element.dataset.at = String(beginningOf(story));
      time.textContent = clockText(beginningOf(story));
      track.replaceChildren(...trackOf(story));
      notes.replaceChildren(...notesOf(story));
      summary.textContent = `${story.events.length} event${story.events.length === 1 ? '' : 's'}`;
      showEvents(events, story.events);
    },
  };
}

/** Leaves those that are shown as they are: somebody may be reading them. */
function showEvents(list: HTMLElement, events: readonly TrailEvent[]): void {
  const shown = new Map([...list.children].map((item) => [(item as HTMLElement).dataset.event, item]));
  list.replaceChildren(...events.map((event) => shown.get(event.id) ?? eventItem(event)));
}

function trackOf(story: TicketStory): readonly HTMLElement[] {
  const reached = stationsOf(story);
  let before: TrailEvent | undefined;
  return stations.map((station) => {
    const event = reached.get(station);
    const item = make('li', {}, make('span', { className: 'station' }, station));
    item.dataset.reached = String(event !== undefined);
    if (event) {
      item.append(make('span', { className: 'after' }, before ? afterText(before, event, station) : ''));
      before = event;
    } else item.append(make('span', { className: 'visually-hidden' }, 'not yet'));
    return item;
  });
}

function afterText(before: TrailEvent, event: TrailEvent, station: Station): string {
  const ms = Date.parse(event.time) - Date.parse(before.time);
  return station === 'closed' ? `after ${durationText(ms)}` : `+${durationText(ms)}`;
}

/** What did not go as it should: refusals, an abrupt end, a failure of the attempt before. */
function notesOf(story: TicketStory): readonly HTMLElement[] {
  const refusals = refusalsOf(story).map(({ reason }) => noteOf('bad', 'refused', reason));
  const closed = stationsOf(story).get('closed')?.data;
  const ends = closed?.code === 1006 ? [noteOf('warn', 'cut off', 'no close frame came: 1006')] : [];
  const before = story.events.find(({ type }) => type === 'admit.ticket.issued')?.data.lastFailure;
  const failures = isFailure(before) ? [noteOf('info', 'came after', failureText(before))] : [];
  return [...failures, ...refusals, ...ends];
}

function noteOf(kind: 'bad' | 'warn' | 'info', what: string, which: string): HTMLElement {
  return make('li', { className: `story-note ${kind}` }, `${what} `, make('code', {}, which));
}

interface Failure {
  readonly reason: string;
  readonly phase: string;
  readonly attempts?: number;
}

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'reason' in value && 'phase' in value;
}

function failureText({ reason, phase, attempts }: Failure): string {
  return `${reason} while ${phase}${attempts === undefined ? '' : `, ${attempts} in a row`}`;
}
