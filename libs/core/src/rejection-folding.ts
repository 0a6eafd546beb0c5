import type { EventData } from './events/catalogue.ts';
import { createSourceRate } from './source-rate.ts';

/** The types of events that strangers cause as many of as they like. */
const rejectionTypes = [
  'admit.ticket.rejected',
  'admit.issuance.rejected',
  'admit.handshake.rejected',
] as const;

export type RejectionType = (typeof rejectionTypes)[number];

/** What folding needs of an event: a `NewEvent` or a `Report` of a rejection. */
export interface Rejected {
  readonly type: RejectionType;
  readonly subject: string;
  readonly traceparent: string | null;
  readonly data: EventData<RejectionType>;
}

/** A count of rejections without an own event. */
export interface Fold<Event extends Rejected> {
  /** The first of them. */
  readonly first: Event;
  /** Its type, reason, whether it is synthetic, and its source or place. */
  readonly key: string;
  /** The network, or the /48 of networks, that all of them came from; null where that differs. */
  readonly source: string | null;
  readonly count: number;
  /** Store time of the first and the last of them, Unix milliseconds. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** By the monotonic clock, in milliseconds. */
  readonly dueAt: number;
}

/** Counts rejections that come too fast, or find no room. One fold is one event, once a minute. */
export interface RejectionFolding<Event extends Rejected> {
  /**
   * Whether a rejection is above the rate of its reason and source. Then it is counted here, and gets no own event.
   * @param source the network of the client; null if it is unknown
   * @param time store time, Unix milliseconds
   */
  bySource(event: Event, source: string | null, time: number): boolean;
  /** Counts a rejection that has no room, with the others of its reason and place. */
  byReason(event: Event, time: number, place?: number): void;
  /** Takes a fold that is due, or any; undefined if there is none. */
  take(any: boolean): Fold<Event> | undefined;
  /** Gives back a fold that was not written: it is due again in a minute. */
  putBack(fold: Fold<Event>): void;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** How long a fold counts. */
export const FOLD_MS = 60_000;

export function createRejectionFolding<Event extends Rejected>(): RejectionFolding<Event> {
  const rate = createSourceRate();
  const folds = new Map<string, Mutable<Fold<Event>>>();

  function count(key: string, source: string | null, event: Event, time: number): void {
    const fold = folds.get(key);
    if (fold) {
      fold.count += 1;
      fold.firstAt = Math.min(fold.firstAt, time);
      fold.lastAt = Math.max(fold.lastAt, time);
      return;
    }
    const dueAt = performance.now() + FOLD_MS;
    folds.set(key, { key, source, first: event, count: 1, firstAt: time, lastAt: time, dueAt });
  }

  function add(fold: Fold<Event>): void {
    const { key } = fold;
    const before = folds.get(key);
    const merged = before && {
      ...before,
      count: before.count + fold.count,
      firstAt: Math.min(before.firstAt, fold.firstAt),
      lastAt: Math.max(before.lastAt, fold.lastAt),
    };
    folds.set(key, merged ?? fold);
  }

  return {
    bySource(event, source, time) {
      const { type, data } = event;
      const kind = `${type} ${kindOf(data)}`;
      const above = rate.above(kind, source);
      if (above === undefined) return false;
      count(`${kind} from ${above}`, above, event, time);
      return true;
    },
    byReason(event, time, place = 0) {
      count(`${event.type} ${kindOf(event.data)} in ${place}`, null, event, time);
    },
    take(any) {
      const now = performance.now();
      for (const fold of folds.values()) {
        if (!any && fold.dueAt > now) continue;
        folds.delete(fold.key);
        return fold;
      }
      return undefined;
    },
    putBack: (fold) => add({ ...fold, dueAt: performance.now() + FOLD_MS }),
  };
}

/** The event of a fold: of a single rejection, its own. What differs between many is null. */
export function foldedEvent<Event extends Rejected>(fold: Fold<Event>, instance: string): Event {
  const { first, count, firstAt, lastAt, source } = fold;
  if (count === 1) return first;
  const { client: _, ...members }: Rejected['data'] & { readonly client?: string } = first.data;
  const { reason, context } = members;
  const data = {
    ...withNulls(members),
    ...('pathway' in first.data && { pathway: first.data.pathway }),
    reason,
    context: { ...withNulls(context), address: source },
    count,
    firstAt,
    lastAt,
    ...(isSynthetic(first.data) && { synthetic: true as const }),
  };
  return { ...first, subject: instance, traceparent: null, data };
}

export function isRejected<Event extends { readonly type: string }>(
  event: Event,
): event is Extract<Event, Rejected> {
  return rejectionTypes.some((type) => type === event.type);
}

/** What is counted together. */
function kindOf(data: Rejected['data']): string {
  const pathway = 'pathway' in data && data.pathway === 'jwt' ? ' jwt' : '';
  return `${data.reason}${pathway}${isSynthetic(data) ? ' synthetic' : ''}`;
}

function isSynthetic({ principal }: Rejected['data']): boolean {
  return principal?.synthetic === true;
}

function withNulls(values: object): Readonly<Record<string, null>> {
  return Object.fromEntries(Object.keys(values).map((name) => [name, null]));
}
