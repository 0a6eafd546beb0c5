import { type AuditLog, horizonPosition, type Running, type StoredEvent } from '@admit-one/core';
import { everyInterval } from '../every-interval.ts';

/** Gets new events in the order of the stream. It must not throw. */
export type TailListener = (events: readonly StoredEvent[]) => void;

/** New events of the audit log, which are read once for all listeners. */
export interface LiveTail {
  /** Up to here the listeners were called; undefined before the first event. Only while there are listeners. */
  readonly position: string | undefined;
  /**
   * Calls the listener with every event behind `position`, as it is when the promise resolves. Returns `unsubscribe`.
   * @throws {AuditLogError}
   */
  subscribe(listener: TailListener): Promise<() => void>;
}

export interface LiveTailOptions {
  readonly auditLog: Pick<AuditLog, 'query' | 'streams'>;
  readonly intervalMs: number;
  /** Called after each read, with the error where it failed. The next one tries again. */
  readonly onRead: (error?: unknown) => void;
}

const PAGE = 1_000;

/** Reads up to the horizon, where nothing can appear before what was read. Without listeners it reads nothing. */
export function createLiveTail({ auditLog, intervalMs, onRead }: LiveTailOptions): LiveTail {
  const listeners = new Set<TailListener>();
  let position: string | undefined;
  let polling: Running | undefined;
  let isRunning = false;
  let starting: Promise<void> | undefined;

  async function start(): Promise<void> {
    await polling?.stop();
    position = horizonPosition(await auditLog.streams());
    polling = everyInterval(intervalMs, poll);
    isRunning = true;
  }

  async function poll(): Promise<void> {
    try {
      let isEnd = false;
      while (!isEnd && listeners.size > 0) {
        const page = await auditLog.query({}, { limit: PAGE, order: 'position', cursor: position });
        isEnd = page.end;
        position = page.next;
        if (page.events.length > 0) for (const listener of listeners) listener(page.events);
      }
      onRead();
    } catch (error) {
      onRead(error);
    }
  }

  return {
    get position() {
      return position;
    },
    async subscribe(listener) {
      while (!isRunning) {
        starting ??= start().finally(() => {
          starting = undefined;
        });
        await starting;
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        isRunning = false;
        void polling?.stop();
      };
    },
  };
}
