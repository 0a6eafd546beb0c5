import { type AuditEvent, ticketIdOf } from '../audit-log/audit-event.ts';
import type { StreamState } from '../audit-log/stream-audit-events.ts';
import { addEvent } from '../audit-log/ticket-history.ts';
import { byId } from '../dom.ts';
import { createHistoryCard, type HistoryCard } from './history-card.ts';

const MAX_TICKETS = 40;

const streamStateLabels: Readonly<Record<StreamState, string>> = {
  opening: 'opening',
  live: 'live',
  waiting: 'interrupted, reconnecting',
};

/** The audit log of the session: a card per ticket, newest first. */
export interface AuditLogPanel {
  add(events: readonly AuditEvent[]): void;
  /** @param state null if nobody is logged in */
  showStreamState(state: StreamState | null): void;
  /** Marks the ticket of the client's current attempt. */
  markCurrent(ticketId: string | null): void;
  clear(): void;
}

export function createAuditLogPanel(): AuditLogPanel {
  const list = byId('tickets');
  const empty = byId('audit-log-empty');
  const live = byId('live');
  const word = byId('live-word');
  const cards = new Map<string, HistoryCard>();
  let currentId: string | null = null;

  function cardOf(ticketId: string): HistoryCard {
    const known = cards.get(ticketId);
    if (known) return known;
    const card = createHistoryCard({ ticketId, events: [] }, { unfolded: cards.size === 0 });
    cards.set(ticketId, card);
    card.setCurrent(ticketId === currentId);
    return card;
  }

  /** Inserts a new card below the later ones: events may arrive out of order. */
  function place(card: HistoryCard): void {
    if (card.element.isConnected) return;
    const later = [...list.children].findLast(
      (other) => Number((other as HTMLElement).dataset.at) > card.startedAt,
    );
    if (later) later.after(card.element);
    else list.prepend(card.element);
    while (list.childElementCount > MAX_TICKETS) forget(list.lastElementChild as HTMLElement);
  }

  function forget(element: HTMLElement): void {
    element.remove();
    for (const [ticketId, card] of cards) if (card.element === element) cards.delete(ticketId);
  }

  return {
    add(events) {
      for (const event of events) {
        const ticketId = ticketIdOf(event);
        if (ticketId === null) continue;
        const card = cardOf(ticketId);
        card.show(addEvent(card.history, event));
        place(card);
      }
      empty.hidden = cards.size > 0;
    },
    showStreamState(state) {
      live.dataset.stream = state ?? 'none';
      word.textContent = state === null ? 'not connected' : streamStateLabels[state];
    },
    markCurrent(ticketId) {
      currentId = ticketId;
      for (const [id, card] of cards) card.setCurrent(id === ticketId);
    },
    clear() {
      cards.clear();
      list.replaceChildren();
      empty.hidden = false;
    },
  };
}
