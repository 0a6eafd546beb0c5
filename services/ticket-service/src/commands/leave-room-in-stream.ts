import {
  type EventStream,
  REJECTIONS_SHARE,
  StoreError,
  type TicketStore,
  type TicketWork,
} from '@admit-one/core';

/** What strangers with a ticket can repeat: a fresh ticket, or the end of the lease, takes its place. */
const repeatable: ReadonlySet<TicketWork> = new Set(['again', 'release']);

const FULL = 'half of the event stream is used: the rest is for fresh tickets';

/**
 * A store that takes no releases and no second reservations while half of the event stream is used. The outbox bounds them
 * too, but its events move on to the stream.
 */
export function leaveRoomInStream(store: TicketStore, events: Pick<EventStream, 'fillRatio'>): TicketStore {
  return {
    ...store,
    append(append) {
      const isFull = repeatable.has(append.work) && events.fillRatio >= REJECTIONS_SHARE;
      return isFull ? Promise.reject(new StoreError('outbox_full', FULL)) : store.append(append);
    },
  };
}
