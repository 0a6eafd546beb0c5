import {
  type AuditFilter,
  type AuditLog,
  filterMatcher,
  type NewEvent,
  numbered,
  type StoredEvent,
} from '@admit-one/core';

/** The part of an audit log that followers read, in memory. */
export interface LogInMemory extends Pick<AuditLog, 'query' | 'streams'> {
  /** Stores an event of a session; up to the horizon at once. */
  add(session: string): StoredEvent;
  /** How often it was searched. */
  readonly queries: number;
  /** Runs before each search. */
  beforeQuery: () => Promise<void> | void;
}

const none = { missingCount: 0, lostCount: 0, acknowledgedCount: 0, beganAt: '', horizonAt: '' };

export function logInMemory(): LogInMemory {
  const events: StoredEvent[] = [];
  const log = {
    queries: 0,
    beforeQuery: (): Promise<void> | void => {},
    add(session: string) {
      const sequence = events.length + 1;
      const event = numbered(
        {
          type: 'admit.ticket.issued',
          source: 'test',
          subject: `ticket-${sequence}`,
          time: 1_000 * sequence,
          traceparent: null,
          data: { principal: { session } },
        } as unknown as NewEvent,
        'p00.epoch',
        sequence,
      );
      const stored = { ...event, position: `1.${sequence}.0` } as StoredEvent;
      events.push(stored);
      return stored;
    },
    async streams() {
      const last = events.length;
      return [{ generation: 1, name: 'memory', horizon: last, last, ...none }];
    },
    async query(
      filter: AuditFilter,
      { limit, cursor = '0.0.0' }: { limit: number; cursor?: string | undefined },
    ) {
      log.queries += 1;
      await log.beforeQuery();
      const [, sequence] = cursor.split('.').map(Number);
      const isMatch = filterMatcher(filter);
      const found = events.slice(cursor.startsWith('0') ? 0 : sequence).filter(isMatch);
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return { events: page, next: last?.position ?? cursor, scannedTo: '', end: found.length <= limit };
    },
  };
  return log;
}
