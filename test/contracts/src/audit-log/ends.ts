import type { AuditLog, EventType, SequenceReport } from '@admit-one/core';
import { expect } from 'vitest';
import { appendEvents, cloudEvent, type Sample, unique } from '../sample-events.ts';
import type { AuditLogTests } from './subject.ts';

async function store(log: AuditLog, ...samples: readonly Sample[]): Promise<void> {
  await appendEvents(log, samples.map(cloudEvent));
}

async function reportOf(log: AuditLog, key: string): Promise<SequenceReport | undefined> {
  return (await log.sequences({ partitionkeys: [key] }))[0];
}

async function isIncomplete(log: AuditLog, key: string): Promise<boolean> {
  return (await log.sequences({ incompleteOnly: true, partitionkeys: [key] })).length > 0;
}

/** Two epochs of one partition, the second after the first. Tests that share a log take different partitions. */
function epochs(partition: string) {
  const [earlier, later] = [unique('epoch'), unique('epoch')];
  const begun = Date.now() - 60_000;
  const started = (epoch: string, time: number, data: Sample['data']): Sample => ({
    type: 'admit.store.started',
    partitionkey: `${partition}.${epoch}`,
    time,
    ...(data ? { data } : {}),
  });
  return {
    earlier: `${partition}.${earlier}`,
    earlierStarted: started(earlier, begun, { previousEpoch: null, lastSequence: 0 }),
    /** The second begins knowing how far the first had come, or nothing at all. */
    laterStarted: (lastSequence: number | null) =>
      started(
        later,
        begun + 1_000,
        lastSequence === null
          ? { previousEpoch: null, lastSequence: 0 }
          : { previousEpoch: earlier, lastSequence },
      ),
    laterStartedAt: new Date(begun + 1_000).toISOString(),
  };
}

function ofService(type: EventType, partitionkey: string, sequence: number): Sample {
  return {
    type,
    partitionkey,
    sequence,
    data: { service: 'ws-edge', lastSequence: sequence, connections: 0 },
  };
}

function acknowledged(epoch: string, lastSequence: number): Sample {
  return { type: 'admit.store.acknowledged', data: { epoch, lastSequence } };
}

export const endTests: AuditLogTests = {
  'an instance is open until it stopped': async ({ log }) => {
    const key = unique('instance');
    await store(log, ofService('admit.service.started', key, 1), ofService('admit.service.alive', key, 2));
    expect(await reportOf(log, key)).toMatchObject({ state: 'open', tailUnknownSince: null, announced: 2 });
    expect(await isIncomplete(log, key)).toBe(false);
    await store(log, ofService('admit.service.stopped', key, 3));
    expect(await reportOf(log, key)).toMatchObject({ state: 'closed', tailUnknownSince: null });
    expect(await isIncomplete(log, key)).toBe(false);
  },

  'a number that an instance names is missing where it has not come': async ({ log }) => {
    const key = unique('instance');
    const alive = { type: 'admit.service.alive', partitionkey: key, data: { lastSequence: 4 } } as const;
    await store(log, alive);
    expect(await reportOf(log, key)).toMatchObject({
      ...{ first: 1, last: 1, announced: 4, missing: [[2, 4]], missingCount: 3, state: 'open' },
    });
    expect(await isIncomplete(log, key)).toBe(true);
  },

  'an epoch is closed when what its successor names has come': async ({ log }) => {
    const { earlier, earlierStarted, laterStarted, laterStartedAt } = epochs('p01');
    await store(log, earlierStarted);
    expect(await reportOf(log, earlier)).toMatchObject({ state: 'open' });
    await store(log, laterStarted(3));
    expect(await reportOf(log, earlier)).toMatchObject({
      ...{ last: 1, announced: 3, missing: [[2, 3]], missingCount: 2 },
      ...{ state: 'tail_unknown', tailUnknownSince: laterStartedAt },
    });
    await store(log, ...[2, 3].map((sequence) => ({ partitionkey: earlier, sequence })));
    expect(await reportOf(log, earlier)).toMatchObject({
      ...{ last: 3, announced: 3, missing: [], state: 'closed', tailUnknownSince: null },
    });
  },

  'the tail of an epoch is unknown where its successor knows nothing of it': async ({ log }) => {
    const { earlier, earlierStarted, laterStarted, laterStartedAt } = epochs('p02');
    const later = laterStarted(null);
    await store(log, later, earlierStarted);
    expect(await reportOf(log, earlier)).toMatchObject({
      ...{ missingCount: 0, state: 'tail_unknown', tailUnknownSince: laterStartedAt },
    });
    expect(await isIncomplete(log, earlier)).toBe(true);
    expect(await reportOf(log, later.partitionkey as string)).toMatchObject({ state: 'open' });
  },

  'what was acknowledged of an epoch is missing, the highest number of all counts': async ({ log }) => {
    const { earlier, earlierStarted, laterStarted } = epochs('p03');
    await store(log, earlierStarted, laterStarted(null));
    for (const lastSequence of [4, 7, 5]) await store(log, acknowledged(earlier, lastSequence));
    expect(await reportOf(log, earlier)).toMatchObject({
      ...{ last: 1, announced: 7, missing: [[2, 7]], missingCount: 6, state: 'tail_unknown' },
    });
  },

  'an epoch that nothing came of is missing as a whole': async ({ log }) => {
    const { earlier, laterStarted } = epochs('p05');
    await store(log, acknowledged(earlier, 30));
    expect(await isIncomplete(log, earlier)).toBe(true);
    await store(log, laterStarted(null));
    expect(await reportOf(log, earlier)).toMatchObject({
      ...{ first: 1, last: 0, announced: 30, missing: [[1, 30]], missingCount: 30, state: 'tail_unknown' },
    });
    await store(log, { partitionkey: earlier, sequence: 30 });
    expect(await reportOf(log, earlier)).toMatchObject({ first: 30, last: 30, missingCount: 0 });
  },

  'an instance that falls silent has an unknown tail, said once, until it is heard again': async ({
    log,
  }) => {
    const [silent, stopped] = [unique('instance'), unique('instance')];
    await store(log, ofService('admit.service.started', silent, 1));
    await store(log, ofService('admit.service.stopped', stopped, 1), {
      partitionkey: `p12.${unique('epoch')}`,
    });
    expect(await log.markSilent(600_000)).not.toContain(silent);
    const marked: string[] = [];
    await expect
      .poll(async () => {
        marked.push(...(await log.markSilent(1)));
        return marked;
      })
      .toContain(silent);
    expect(marked.filter((key) => key === silent || key === stopped || key.startsWith('p12.'))).toEqual([
      silent,
    ]);
    expect(await log.markSilent(1)).not.toContain(silent);
    const report = await reportOf(log, silent);
    expect(report).toMatchObject({ state: 'tail_unknown', tailUnknownSince: report?.seenAt });
    expect(await isIncomplete(log, silent)).toBe(true);
    await store(log, ofService('admit.service.alive', silent, 2));
    expect(await reportOf(log, silent)).toMatchObject({ state: 'open', tailUnknownSince: null });
  },

  'keys are counted by state': async ({ openAnother }) => {
    const log = await openAnother();
    const before = await log.partitionKeyStates();
    const { earlierStarted, laterStarted } = epochs('p06');
    const [alive, stopped] = [unique('instance'), unique('instance')];
    await store(
      log,
      ofService('admit.service.alive', alive, 1),
      ofService('admit.service.stopped', stopped, 1),
    );
    await store(log, earlierStarted, laterStarted(null));
    const after = await log.partitionKeyStates();
    expect(after.closed - before.closed).toBe(1);
    expect(after.open + after.tail_unknown - before.open - before.tail_unknown).toBe(3);
    expect(after.tail_unknown).toBeGreaterThanOrEqual(1);
  },
};
