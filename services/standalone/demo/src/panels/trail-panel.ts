import { byId } from '../dom.ts';
import type { Following } from '../trail/follow-trail.ts';
import { told } from '../trail/ticket-story.ts';
import { type TrailEvent, ticketIdOf } from '../trail/trail-event.ts';
import { createStoryCard, type StoryCard } from './story-card.ts';

const MAX_TICKETS = 40;

const followingWords: Readonly<Record<Following, string>> = {
  opening: 'opening',
  live: 'live',
  waiting: 'interrupted, trying again',
};

/** The trail of the session: a card for each ticket, the newest first. */
export interface TrailPanel {
  tell(events: readonly TrailEvent[]): void;
  /** @param following null where nobody is followed */
  follow(following: Following | null): void;
  /** Marks the ticket that the client has now. */
  mark(ticketId: string | null): void;
  clear(): void;
}

export function createTrailPanel(): TrailPanel {
  const list = byId('tickets');
  const empty = byId('trail-empty');
  const live = byId('live');
  const word = byId('live-word');
  const cards = new Map<string, StoryCard>();
  let marked: string | null = null;

  function cardOf(ticketId: string): StoryCard {
    const known = cards.get(ticketId);
    if (known) return known;
    const card = createStoryCard({ ticketId, events: [] }, { unfolded: cards.size === 0 });
    cards.set(ticketId, card);
    card.element.dataset.current = String(ticketId === marked);
    return card;
  }

  /** Cards come nearly always in order, so only one that does not is moved further down. */
  function place(card: StoryCard): void {
    if (card.element.isConnected) return;
    const later = [...list.children].findLast(
      (other) => Number((other as HTMLElement).dataset.at) > card.beganAt,
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
    tell(events) {
      for (const event of events) {
        const ticketId = ticketIdOf(event);
        if (ticketId === null) continue;
        const card = cardOf(ticketId);
        card.show(told(card.story, event));
        place(card);
      }
      empty.hidden = cards.size > 0;
    },
    follow(following) {
      live.dataset.following = following ?? 'none';
      word.textContent = following === null ? 'not following' : followingWords[following];
    },
    mark(ticketId) {
      marked = ticketId;
      for (const [id, { element }] of cards) element.dataset.current = String(id === ticketId);
    },
    clear() {
      cards.clear();
      list.replaceChildren();
      empty.hidden = false;
    },
  };
}
