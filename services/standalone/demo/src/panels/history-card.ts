import type { AuditEvent } from '../audit-log/audit-event.ts';
import {
  type LifecycleStage,
  lifecycleStages,
  reachedStages,
  rejectionsOf,
  startOf,
  type TicketHistory,
} from '../audit-log/ticket-history.ts';
import { make } from '../dom.ts';
import { clockText, durationText, shortId } from '../format.ts';
import { eventItem } from './event-item.ts';

/** The life of one ticket as a card, which grows with its story. */
export interface HistoryCard {
  readonly element: HTMLElement;
  readonly history: TicketHistory;
  /** Unix milliseconds. */
  readonly startedAt: number;
  show(story: TicketHistory): void;
}

/** @param unfolded whether its events are shown at once */
export function createHistoryCard(first: TicketHistory, { unfolded }: { unfolded: boolean }): HistoryCard {
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
    get history() {
      return story;
    },
    get startedAt() {
      return startOf(story);
    },
    show(next) {
      const isNews = next.events.length !== story.events.length;
      story = next;
      if (!isNews) return;
      element.dataset.at = String(startOf(story));
      time.textContent = clockText(startOf(story));
      track.replaceChildren(...trackOf(story));
      notes.replaceChildren(...notesOf(story));
      summary.textContent = `${story.events.length} event${story.events.length === 1 ? '' : 's'}`;
      showEvents(events, story.events);
    },
  };
}

/** Leaves those that are shown as they are: somebody may be reading them. */
function showEvents(list: HTMLElement, events: readonly AuditEvent[]): void {
  const shown = new Map([...list.children].map((item) => [(item as HTMLElement).dataset.event, item]));
  list.replaceChildren(...events.map((event) => shown.get(event.id) ?? eventItem(event)));
}

function trackOf(story: TicketHistory): readonly HTMLElement[] {
  const reached = reachedStages(story);
  let before: AuditEvent | undefined;
  return lifecycleStages.map((station) => {
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

function afterText(before: AuditEvent, event: AuditEvent, station: LifecycleStage): string {
  const ms = Date.parse(event.time) - Date.parse(before.time);
  return station === 'closed' ? `after ${durationText(ms)}` : `+${durationText(ms)}`;
}

/** What did not go as it should: refusals, an abrupt end, a failure of the attempt before. */
function notesOf(story: TicketHistory): readonly HTMLElement[] {
  const refusals = rejectionsOf(story).map(({ reason }) => noteOf('bad', 'refused', reason));
  const closed = reachedStages(story).get('closed')?.data;
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
