import {
  type AuditFilter,
  type AuditLog,
  type AuditSearchPage,
  comparePositions,
  filterMatcher,
  parsePosition,
  type StoredEvent,
} from '@admit-one/core';
import type { LiveTail } from './live-tail.ts';

export interface FollowOptions {
  readonly auditLog: Pick<AuditLog, 'query'>;
  readonly tail: LiveTail;
  readonly filter: AuditFilter;
  /** The position to continue behind; from now on where undefined. */
  readonly since: string | undefined;
  readonly follower: Follower;
  /** Ends the following. */
  readonly signal: AbortSignal;
}

/** Gets the events that meet the filter, each once, in the order of the stream. */
export interface Follower {
  /** Takes past events. The next ones are read when the promise resolves. */
  catchUp(events: readonly StoredEvent[]): Promise<void>;
  /** Takes new events. It must not throw. */
  send(events: readonly StoredEvent[]): void;
}

const PAGE = 500;

/**
 * Follows the audit log from a position on, without a gap. Past events are searched for; new ones come from the tail that
 * all followers share. Resolves when new events can no longer be missed, with a promise of the past being sent.
 * @throws {AuditLogError} also where `since` is no position of this log
 */
export async function follow(options: FollowOptions): Promise<{ readonly caughtUp: Promise<void> }> {
  const { auditLog, tail, filter, since, follower, signal } = options;
  const matches = filterMatcher(filter);
  let position = since;
  let isJoined = since === undefined;
  /** Whether the tail has read on while the past was searched. */
  let isOvertaken = false;

  const unsubscribe = await tail.subscribe((events) => {
    isOvertaken = true;
    if (!isJoined) return;
    const fresh = events.filter((event) => isBehind(event.position, position) && matches(event));
    if (fresh.length > 0) follower.send(fresh);
  });
  if (signal.aborted) unsubscribe();
  signal.addEventListener('abort', unsubscribe, { once: true });
  position ??= tail.position;

  function nextPage(): Promise<AuditSearchPage> {
    isOvertaken = false;
    return auditLog.query(filter, { limit: PAGE, order: 'position', cursor: position });
  }

  async function catchUp(first: AuditSearchPage): Promise<void> {
    for (let page = first; !signal.aborted; page = await nextPage()) {
      await follower.catchUp(page.events);
      position = page.next;
      isJoined = page.end && !isOvertaken;
      if (isJoined) return;
    }
  }
  return { caughtUp: isJoined ? Promise.resolve() : catchUp(await nextPage()) };
}

/** Whether a position is behind another one in the stream. Everything is behind undefined. */
function isBehind(position: string, other: string | undefined): boolean {
  const [one, two] = [parsePosition(position), parsePosition(other ?? '')];
  return one === null || two === null || comparePositions(one, two) > 0;
}
