import { expect } from 'vitest';
import { appendEvents, cloudEvent, filterOf } from '../sample-events.ts';
import type { AuditLogTests } from './subject.ts';

export const closeTests: AuditLogTests = {
  'answers a ping while it is open': async ({ log }) => {
    await expect(log.ping()).resolves.toBeUndefined();
  },

  'is unavailable after close, which may be repeated': async ({ openAnother }) => {
    const log = await openAnother();
    await log.close();
    await log.close();
    const calls = [
      appendEvents(log, [cloudEvent()]),
      log.keepDeadLetters([{ subject: 'admit.event.x', issue: 'none', body: Uint8Array.of(1) }]),
      log.query(filterOf({}), { limit: 1, order: 'asc' }),
      log.totals(),
      log.sequences(),
      log.partitionKeyStates(),
      log.maintain({ days: 1, maxBytes: null }, 1),
      log.storage(),
      log.streams(),
      log.keptAside(),
      log.acknowledge({ kind: 'partition', name: 'x', reason: 'y', operator: 'z' }),
      log.acknowledgements(),
      log.markSilent(1),
      log.closeLostConnections({ source: 'x', now: 1, silentMs: 1, limit: 1 }),
      log.ping(),
    ];
    for (const answer of await Promise.allSettled(calls))
      expect(answer).toMatchObject({
        status: 'rejected',
        reason: { name: 'AuditLogError', code: 'unavailable' },
      });
  },
};
