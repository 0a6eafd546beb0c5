import { isIPv6 } from 'node:net';
import type { EventData } from './events/catalogue.ts';
import { createExpiringMap } from './expiring-map.ts';
import type { EventContext } from './schemas.ts';

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

/** A count of rejections that have no events of their own. */
export interface Fold<Event extends Rejected> {
  /** The first of them. */
  readonly first: Event;
  /** What they have in common with nothing else: see `bySource` and `byReason`. */
  readonly key: string;
  /** The network that all of them came from; null where that differs. */
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
   * Whether a rejection is above the rate of its reason and source. Then it is counted here, and gets no event of its own.
   * @param time store time, Unix milliseconds
   */
  bySource(event: Event, time: number): boolean;
  /** Counts a rejection that has no room, with the others of its reason and place. */
  byReason(event: Event, time: number, place?: number): void;
  /** Takes a fold that is due, or any; undefined if there is none. */
  take(any: boolean): Fold<Event> | undefined;
  /** Gives back a fold that was not written: it is due again in a minute. */
  putBack(fold: Fold<Event>): void;
}

/** Each source may cause so many events of a reason at once, and then one a second. */
export const SINGLE_REJECTIONS = 1_000;
const SINGLE_EVERY_MS = 1_000;

/** How long a fold counts. */
export const FOLD_MS = 60_000;

export function createRejectionFolding<Event extends Rejected>(): RejectionFolding<Event> {
  /** By reason and source: when the source may cause `SINGLE_REJECTIONS` at once again. */
  const restedAt = createExpiringMap<number>();
  const folds = new Map<string, Fold<Event>>();

  function count(key: string, source: string | null, event: Event, time: number): void {
    const dueAt = performance.now() + FOLD_MS;
    add({ key, source, first: event, count: 1, firstAt: time, lastAt: time, dueAt });
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
    bySource(event, time) {
      const { type, data } = event;
      const source = sourceOf(data.context);
      const key = `${type} ${data.reason} from ${source}`;
      const now = performance.now();
      const next = Math.max(restedAt.get(key, now) ?? 0, now) + SINGLE_EVERY_MS;
      if (next - now <= SINGLE_REJECTIONS * SINGLE_EVERY_MS) {
        restedAt.set(key, next, next, now);
        return false;
      }
      count(key, source, event, time);
      return true;
    },
    byReason(event, time, place = 0) {
      count(`${event.type} ${event.data.reason} in ${place}`, null, event, time);
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
  const { reason, context } = first.data;
  const data = {
    ...withNulls(first.data),
    ...('pathway' in first.data && { pathway: first.data.pathway }),
    reason,
    context: { ...withNulls(context), address: source },
    count,
    firstAt,
    lastAt,
  };
  return { ...first, subject: instance, traceparent: null, data };
}

export function isRejected<Event extends { readonly type: string }>(
  event: Event,
): event is Extract<Event, Rejected> {
  return rejectionTypes.some((type) => type === event.type);
}

function withNulls(values: object): Readonly<Record<string, null>> {
  return Object.fromEntries(Object.keys(values).map((name) => [name, null]));
}

/** An IPv4 address, or the /64 network of an IPv6 address, which one client has for itself. */
function sourceOf({ address }: EventContext): string | null {
  if (address === null || !isIPv6(address)) return address;
  const [, mapped] = /^::ffff:([\d.]+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  const [left = [], right] = address
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - left.length - (right?.length ?? 0) }, () => '0');
  const network = [...left, ...(right ? [...zeros, ...right] : [])].slice(0, 4);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
