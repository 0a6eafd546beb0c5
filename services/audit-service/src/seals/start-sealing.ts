import type { AuditLog, Reporter, Running, StoreClock, StoredSeal } from '@admit-one/core';
import { createOutageLog, type Dependencies, type Logger } from '@admit-one/runtime';
import {
  createSealContents,
  digestOfSeal,
  LEAF,
  publicSealKeyOf,
  type SealSigningKey,
  START,
  signSeal,
} from '@admit-one/seals';
import { everyInterval } from '../every-interval.ts';

export interface SealingOptions {
  readonly auditLog: Pick<AuditLog, 'query' | 'seals'>;
  readonly key: SealSigningKey;
  readonly clock: Pick<StoreClock, 'now'>;
  readonly reporter: Pick<Reporter, 'report'>;
  readonly instance: string;
  readonly log: Logger;
  readonly dependencies: Pick<Dependencies, 'isAnyDown'>;
  readonly everyMs: number;
  /** The most events of one seal. */
  readonly maxEvents?: number;
}

const PAGE = 1_000;

/**
 * Seals what nothing can be added to any more, at every interval, in the order of positions. Any number of replicas may do so: of
 * those that seal the same range at once, the audit log takes one.
 */
export function startSealing(options: SealingOptions): Running {
  const { log, dependencies, everyMs } = options;
  const outage = createOutageLog({
    log,
    failure: 'sealing_failed',
    recovery: 'sealing_recovered',
    isExplained: dependencies.isAnyDown,
  });
  const stopping = new AbortController();
  const sealing = everyInterval(everyMs, async () => {
    try {
      while (!stopping.signal.aborted && (await sealOnce(options)));
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
    }
  });
  return {
    stop() {
      stopping.abort();
      return sealing.stop();
    },
  };
}

/** Returns whether there may be more to seal. */
async function sealOnce(options: SealingOptions): Promise<boolean> {
  const { auditLog, key, clock, reporter, instance, log, everyMs, maxEvents = 10_000 } = options;
  const before = await auditLog.seals.last();
  const now = clock.now();
  const after = before?.to ?? START;
  const { contents, to, isFull } = await readBehind(auditLog, after, maxEvents);
  // A replica has sealed lately: what came since waits for the next time.
  const isEarly = before !== null && now - Date.parse(before.sealedAt) < everyMs / 2;
  if (contents.count === 0 || (isEarly && !isFull)) return false;

  const number = (before?.number ?? 0) + 1;
  const sealedAt = new Date(now).toISOString();
  const { jws, kid } = await signSeal(
    {
      ...{ number, previous: before && digestOfSeal(before.jws), after, to },
      ...{ leaf: LEAF, days: contents.days(), sealedAt },
    },
    key,
  );
  const seal: StoredSeal = { number, to, sealedAt, kid, leaf: LEAF, jws };
  if (!(await auditLog.seals.add(seal, publicSealKeyOf(key)))) return false;

  const sealed = { number, digest: digestOfSeal(jws), after, to, eventCount: contents.count, kid };
  log.info(sealed, 'audit_sealed');
  reporter.report({
    ...{ type: 'admit.audit.sealed', subject: instance, traceparent: null },
    data: { ...sealed, previousKid: before?.kid ?? null },
  });
  return isFull;
}

/** The events behind a position, up to the horizon. */
async function readBehind(auditLog: Pick<AuditLog, 'query'>, after: string, maxEvents: number) {
  const contents = createSealContents();
  let [to, cursor] = [after, after];
  while (contents.count < maxEvents) {
    const limit = Math.min(PAGE, maxEvents - contents.count);
    const page = await auditLog.query({}, { order: 'position', limit, cursor, salts: true });
    for (const event of page.events) {
      contents.add(event);
      to = event.position;
    }
    if (page.end) return { contents, to, isFull: false };
    cursor = page.next;
  }
  return { contents, to, isFull: true };
}
