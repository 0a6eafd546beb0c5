import type { AuditEvent } from '../audit-log/audit-event.ts';
import {
  expiryOf,
  type LifecycleStage,
  lifecycleStages,
  reachedStages,
  rejectionsOf,
  startOf,
  type TicketHistory,
  unusedFate,
} from '../audit-log/ticket-history.ts';
import { make } from '../dom.ts';
import { clockText, roughDuration, shortId } from '../format.ts';

/** A card with the events of one ticket. */
export interface HistoryCard {
  readonly element: HTMLElement;
  readonly history: TicketHistory;
  /** Unix milliseconds. */
  readonly startedAt: number;
  show(history: TicketHistory): void;
  /** @param isCurrent whether it is the ticket of the client's current attempt */
  setCurrent(isCurrent: boolean): void;
}

/** The longest delay of `setTimeout`. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** @param unfolded whether the list of events is open */
export function createHistoryCard(first: TicketHistory, { unfolded }: { unfolded: boolean }): HistoryCard {
  const time = make('time');
  const fate = make('span', { className: 'fate' });
  const head = make(
    'p',
    { className: 'history-head' },
    make('code', {}, shortId(first.ticketId)),
    make('span', { className: 'tag' }, 'current'),
    fate,
    time,
  );
  head.firstElementChild?.setAttribute('title', first.ticketId);
  const track = make('ol', { className: 'track', 'aria-label': 'Stages of the ticket' });
  const notes = make('ul', { className: 'history-notes' });
  const summary = make('summary');
  const events = make('ol', { className: 'history-events' });
  const details = make('details', {}, summary, events);
  details.open = unfolded;
  const element = make('li', { className: 'history' }, head, track, notes, details);
  let history = first;
  let expiry: ReturnType<typeof setTimeout> | undefined;

  /** A ticket that was never presented is one line, unless it may be presented right now. */
  function fold(): void {
    const unused = unusedFate(history, Date.now());
    fate.textContent = unused ?? '';
    element.dataset.folded = String(
      unused !== null && (unused === 'expired unused' || element.dataset.current !== 'true'),
    );
    clearTimeout(expiry);
    const leftMs = expiryOf(history.events) - Date.now();
    if (unused === 'not presented') expiry = setTimeout(fold, Math.min(leftMs, LONGEST_DELAY_MS));
  }

  return {
    element,
    get history() {
      return history;
    },
    get startedAt() {
      return startOf(history);
    },
    show(next) {
      const isChanged = next.events.length !== history.events.length;
      history = next;
      if (!isChanged) return;
      element.dataset.at = String(startOf(history));
      time.textContent = clockText(startOf(history));
      track.replaceChildren(...trackOf(history));
      notes.replaceChildren(...notesOf(history));
      summary.textContent = `${history.events.length} event${history.events.length === 1 ? '' : 's'}`;
      showEvents(events, history.events);
      fold();
    },
    setCurrent(isCurrent) {
      element.dataset.current = String(isCurrent);
      if (history.events.length > 0) fold();
    },
  };
}

/** Keeps the elements of events already shown: the user may have opened them. */
function showEvents(list: HTMLElement, events: readonly AuditEvent[]): void {
  const shown = new Map([...list.children].map((item) => [(item as HTMLElement).dataset.event, item]));
  list.replaceChildren(...events.map((event) => shown.get(event.id) ?? eventItem(event)));
}

function eventItem(event: AuditEvent): HTMLElement {
  const type = make('code', {}, event.type);
  const time = make('time', { datetime: event.time }, clockText(event.time));
  const json = make('pre', { tabindex: '0', 'aria-label': 'CloudEvent' }, JSON.stringify(event, null, 2));
  const item = make('li', {}, make('details', {}, make('summary', {}, type, ' ', time), json));
  item.dataset.event = event.id;
  return item;
}

function trackOf(history: TicketHistory): readonly HTMLElement[] {
  const reached = reachedStages(history);
  let before: AuditEvent | undefined;
  return lifecycleStages.map((stage) => {
    const event = reached.get(stage);
    const item = make('li', {}, make('span', { className: 'stage' }, stage));
    item.dataset.reached = String(event !== undefined);
    if (event) {
      item.append(make('span', { className: 'after' }, before ? afterText(before, event, stage) : ''));
      before = event;
    } else item.append(make('span', { className: 'visually-hidden' }, 'not yet'));
    return item;
  });
}

function afterText(before: AuditEvent, event: AuditEvent, stage: LifecycleStage): string {
  const ms = Date.parse(event.time) - Date.parse(before.time);
  return stage === 'closed' ? `after ${roughDuration(ms)}` : `+${roughDuration(ms)}`;
}

/** Problems: rejections, a lost connection, the failure of the last attempt. */
function notesOf(history: TicketHistory): readonly HTMLElement[] {
  const rejections = rejectionsOf(history).map(({ reason }) => noteOf('bad', 'rejected', reason));
  const closed = reachedStages(history).get('closed')?.data;
  const ends = closed?.code === 1006 ? [noteOf('warn', 'connection lost', '1006, no close frame')] : [];
  const before = history.events.find(({ type }) => type === 'admit.ticket.issued')?.data.lastFailure;
  const failures = isFailure(before) ? [noteOf('info', 'reconnect after', failureText(before))] : [];
  return [...failures, ...rejections, ...ends];
}

function noteOf(kind: 'bad' | 'warn' | 'info', what: string, which: string): HTMLElement {
  return make('li', { className: `history-note ${kind}` }, `${what} `, make('code', {}, which));
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
