import type { AuditLog, SequenceReport } from '@admit-one/core';
import { expect } from 'vitest';
import { appendEvents, cloudEvent, unique } from '../sample-events.ts';
import type { AuditLogTests } from './subject.ts';

async function store(log: AuditLog, partitionkey: string, ...sequences: readonly number[]): Promise<void> {
  await appendEvents(
    log,
    sequences.map((sequence) => cloudEvent({ partitionkey, sequence })),
  );
}

async function reportOf(
  log: AuditLog,
  partitionkey: string,
  options?: { readonly incompleteOnly?: boolean },
): Promise<SequenceReport | undefined> {
  return (await log.sequences(options)).find((report) => report.partitionkey === partitionkey);
}

function whole(first: number, last: number): Partial<SequenceReport> {
  return { first, last, missing: [], missingCount: 0 };
}

export const sequenceTests: AuditLogTests = {
  'knows a partition key without holes': async ({ log }) => {
    const key = unique('instance');
    await store(log, key, 1, 2, 3);
    await store(log, key, 4, 5);
    expect(await reportOf(log, key)).toMatchObject(whole(1, 5));
    expect(await reportOf(log, unique('instance'))).toBeUndefined();
  },

  'finds a hole, and sees it filled late': async ({ log }) => {
    const key = unique('instance');
    await store(log, key, 1, 2);
    await store(log, key, 6, 9);
    expect(await reportOf(log, key)).toMatchObject({
      first: 1,
      last: 9,
      missing: [
        [3, 5],
        [7, 8],
      ],
      missingCount: 5,
    });
    await store(log, key, 4);
    expect((await reportOf(log, key))?.missing).toEqual([
      [3, 3],
      [5, 5],
      [7, 8],
    ]);
    await store(log, key, 8, 3, 7);
    expect(await reportOf(log, key)).toMatchObject({ last: 9, missing: [[5, 5]], missingCount: 1 });
    await store(log, key, 5);
    expect(await reportOf(log, key)).toMatchObject(whole(1, 9));
  },

  'does not mind the order of arrival': async ({ log }) => {
    const key = unique('instance');
    for (const sequence of [4, 2, 5, 1, 3]) await store(log, key, sequence);
    expect(await reportOf(log, key)).toMatchObject(whole(1, 5));
    const reversed = unique('instance');
    await store(log, reversed, 5, 4, 3, 2, 1);
    expect(await reportOf(log, reversed)).toMatchObject(whole(1, 5));
  },

  'takes a first sequence above 1 as the baseline, until an earlier one arrives': async ({ log }) => {
    const key = unique('instance');
    await store(log, key, 41, 42);
    expect(await reportOf(log, key)).toMatchObject(whole(41, 42));
    await store(log, key, 39);
    expect(await reportOf(log, key)).toMatchObject({
      first: 39,
      last: 42,
      missing: [[40, 40]],
      missingCount: 1,
    });
  },

  'lists only the incomplete ones on demand': async ({ log }) => {
    const [complete, baseline, holed] = [unique('instance'), unique('instance'), unique('instance')];
    await store(log, complete, 1, 2);
    await store(log, baseline, 7, 8);
    await store(log, holed, 1, 3);
    const incomplete = (await log.sequences({ incompleteOnly: true })).map((report) => report.partitionkey);
    expect(incomplete).toContain(holed);
    expect(incomplete).not.toContain(complete);
    expect(incomplete).not.toContain(baseline);
    await store(log, holed, 2);
    expect(await reportOf(log, holed, { incompleteOnly: true })).toBeUndefined();
    expect(await reportOf(log, holed, { incompleteOnly: false })).toMatchObject(whole(1, 3));
  },

  'counts an event that is kept aside as a conflict, and its sequence not as another': async ({ log }) => {
    const key = unique('instance');
    const event = cloudEvent({ partitionkey: key, sequence: 1, data: { lastSequence: 9 } });
    await appendEvents(log, [event]);
    const forged = { ...event, type: 'admit.service.stopped' as const };
    await appendEvents(log, [forged]);
    const expected = { ...whole(1, 1), announced: 1, state: 'open', conflictCount: 1 };
    expect(await reportOf(log, key)).toMatchObject(expected);
    await appendEvents(log, [forged, event]);
    expect(await reportOf(log, key, { incompleteOnly: true })).toMatchObject(expected);
  },

  'gives the reports of given keys': async ({ log }) => {
    const keys = [unique('instance'), unique('instance')];
    for (const key of keys) await store(log, key, 1);
    const [first] = keys as [string];
    const reports = await log.sequences({ partitionkeys: [first, unique('instance')] });
    expect(reports.map(({ partitionkey }) => partitionkey)).toEqual([first]);
    expect(await log.sequences({ partitionkeys: [] })).toEqual([]);
  },

  'counts all holes, and lists the oldest hundred': async ({ log }) => {
    const key = unique('instance');
    await store(log, key, ...Array.from({ length: 151 }, (_, n) => 2 * n + 1));
    const report = await reportOf(log, key);
    expect(report).toMatchObject({ first: 1, last: 301, missingCount: 150 });
    expect(report?.missing).toEqual(Array.from({ length: 100 }, (_, n) => [2 * n + 2, 2 * n + 2]));
  },

  'bears a leap over a billion sequences': async ({ log }) => {
    const key = unique('instance');
    await store(log, key, 1, 1_000_000_002);
    expect(await reportOf(log, key)).toMatchObject({
      first: 1,
      last: 1_000_000_002,
      missing: [[2, 1_000_000_001]],
      missingCount: 1_000_000_000,
    });
  },

  'keeps many partition keys apart in one batch': async ({ log }) => {
    const keys = Array.from({ length: 60 }, () => unique('instance'));
    await appendEvents(
      log,
      [1, 2, 4].flatMap((sequence) => keys.map((partitionkey) => cloudEvent({ partitionkey, sequence }))),
    );
    const reports = (await log.sequences()).filter(({ partitionkey }) => keys.includes(partitionkey));
    expect(reports).toHaveLength(keys.length);
    for (const report of reports)
      expect(report).toMatchObject({ first: 1, last: 4, missing: [[3, 3]], missingCount: 1 });
  },

  'finds no hole where batches of one partition key are stored at once': async ({ log }) => {
    const key = unique('instance');
    const batches = Array.from({ length: 10 }, (_, batch) => [1, 2, 3].map((n) => batch * 3 + n));
    await Promise.all(batches.map((batch) => store(log, key, ...batch)));
    expect(await reportOf(log, key)).toMatchObject(whole(1, 30));
  },

  'tells when an event of a partition key was last stored': async ({ log }) => {
    const key = unique('instance');
    await store(log, key, 1);
    const first = (await reportOf(log, key))?.seenAt ?? '';
    expect(first).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
    await expect
      .poll(async () => {
        await appendEvents(log, [cloudEvent({ partitionkey: key, sequence: 2 })]);
        return Date.parse((await reportOf(log, key))?.seenAt ?? '');
      })
      .toBeGreaterThan(Date.parse(first));
  },
};
