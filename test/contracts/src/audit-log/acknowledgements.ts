import type { AcknowledgementKind, AuditLog, SequenceReport } from '@admit-one/core';
import { expect } from 'vitest';
import { appendEvents, cloudEvent, unique } from '../sample-events.ts';
import type { AuditLogTests } from './subject.ts';

function acknowledge(log: AuditLog, kind: AcknowledgementKind, name: string): Promise<boolean> {
  return log.acknowledge({ kind, name, reason: 'known', operator: 'ann' });
}

async function reportOf(log: AuditLog, key: string): Promise<SequenceReport | undefined> {
  return (await log.sequences({ partitionkeys: [key] }))[0];
}

async function isIncomplete(log: AuditLog, key: string): Promise<boolean> {
  return (await log.sequences({ partitionkeys: [key], incompleteOnly: true })).length > 0;
}

export const acknowledgementTests: AuditLogTests = {
  'take missing events out of the counts, but none that are missing later': async ({ log }) => {
    const key = unique('instance');
    const store = (...sequences: readonly number[]) =>
      appendEvents(
        log,
        sequences.map((sequence) => cloudEvent({ partitionkey: key, sequence })),
      );
    await store(1, 4);
    const missing = await reportOf(log, key);
    expect(missing).toMatchObject({ missing: [[2, 3]], missingCount: 2, acknowledgedCount: 0 });
    expect(missing?.missingSince).toMatch(/Z$/);
    expect(await acknowledge(log, 'partition', key)).toBe(true);
    expect(await reportOf(log, key)).toMatchObject({
      ...{ missing: [], missingCount: 0, missingSince: null, acknowledgedCount: 2 },
    });
    expect(await isIncomplete(log, key)).toBe(false);
    await store(7);
    const later = await reportOf(log, key);
    expect(later).toMatchObject({ missing: [[5, 6]], missingCount: 2, acknowledgedCount: 2 });
    expect(Date.parse(later?.missingSince ?? '')).toBeGreaterThan(Date.parse(missing?.missingSince ?? ''));
    await store(2, 3, 5, 6);
    expect(await reportOf(log, key)).toMatchObject({ missingCount: 0, acknowledgedCount: 0 });
  },

  'say since when the oldest event is missing, while others come': async ({ log }) => {
    const key = unique('instance');
    const store = (sequence: number) => appendEvents(log, [cloudEvent({ partitionkey: key, sequence })]);
    for (const sequence of [1, 3]) await store(sequence);
    const since = (await reportOf(log, key))?.missingSince;
    for (const sequence of [5, 6]) await store(sequence);
    expect((await reportOf(log, key))?.missingSince).toBe(since);
    await store(2);
    expect(Date.parse((await reportOf(log, key))?.missingSince ?? '')).toBeGreaterThan(
      Date.parse(since ?? ''),
    );
  },

  'of an unknown tail hold until the instance falls silent again': async ({ log }) => {
    const key = unique('instance');
    const store = (sequence: number) =>
      appendEvents(log, [
        cloudEvent({
          type: 'admit.service.alive',
          partitionkey: key,
          sequence,
          data: { lastSequence: sequence },
        }),
      ]);
    const silence = () =>
      expect
        .poll(async () => {
          await log.markSilent(1);
          return (await reportOf(log, key))?.state;
        })
        .toBe('tail_unknown');
    await store(1);
    await silence();
    const { tail_acknowledged: before } = await log.partitionKeyStates();
    expect(await acknowledge(log, 'partition', key)).toBe(true);
    expect(await reportOf(log, key)).toMatchObject({
      ...{ state: 'tail_acknowledged', tailUnknownSince: expect.stringMatching(/Z$/) },
    });
    expect((await log.partitionKeyStates()).tail_acknowledged).toBe(before + 1);
    expect(await isIncomplete(log, key)).toBe(false);
    await store(2);
    expect(await reportOf(log, key)).toMatchObject({ state: 'open', tailUnknownSince: null });
    await silence();
    expect(await isIncomplete(log, key)).toBe(true);
  },

  'take conflicts and dead letters out of the counts, each by its name': async ({ log }) => {
    const event = cloudEvent();
    const subject = unique('admit.event');
    const letter = (text: string) => ({ subject, issue: 'not JSON', body: Buffer.from(text) });
    await appendEvents(log, [event, { ...event, subject: unique('subject') }]);
    await log.keepDeadLetters([letter('a'), letter('b')]);
    const named = (aside: Awaited<ReturnType<typeof log.keptAside>>) => ({
      conflicts: aside.conflicts.find(({ name }) => name === event.partitionkey),
      deadLetters: aside.deadLetters.find(({ name }) => name === subject),
    });
    const since = expect.stringMatching(/Z$/);
    expect(named(await log.keptAside())).toEqual({
      conflicts: { name: event.partitionkey, count: 1, since },
      deadLetters: { name: subject, count: 2, since },
    });
    expect(await acknowledge(log, 'conflicts', event.partitionkey)).toBe(true);
    expect(await acknowledge(log, 'dead_letters', subject)).toBe(true);
    await log.keepDeadLetters([letter('a')]);
    expect(named(await log.keptAside())).toEqual({ conflicts: undefined, deadLetters: undefined });
    expect(await reportOf(log, event.partitionkey)).toMatchObject({ conflictCount: 0 });
    await log.keepDeadLetters([letter('c')]);
    expect(named(await log.keptAside()).deadLetters).toMatchObject({ count: 1 });
  },

  'take missing and lost messages of a stream out of the counts': async ({ log }) => {
    const stream = unique('stream');
    const receive = (sequence: number, first: number) =>
      log.append([{ position: { stream, sequence, first }, events: [] }]);
    const report = async () => (await log.streams()).find(({ name }) => name === stream);
    await receive(1, 1);
    await receive(9, 4);
    expect(await report()).toMatchObject({ lostCount: 2, missingCount: 5, acknowledgedCount: 0 });
    expect(await acknowledge(log, 'stream', String((await report())?.generation))).toBe(true);
    expect(await report()).toMatchObject({ lostCount: 0, missingCount: 0, acknowledgedCount: 7, horizon: 3 });
    await receive(12, 4);
    expect(await report()).toMatchObject({ lostCount: 0, missingCount: 2, acknowledgedCount: 7 });
  },

  'are kept with reason and operator; of what is not wrong, none is': async ({ log }) => {
    const key = unique('instance');
    await appendEvents(log, [cloudEvent({ partitionkey: key })]);
    for (const kind of ['partition', 'conflicts', 'dead_letters', 'stream'] as const) {
      expect(await acknowledge(log, kind, key)).toBe(false);
      expect(await acknowledge(log, kind, unique("' OR true --\0"))).toBe(false);
    }
    await appendEvents(log, [cloudEvent({ partitionkey: key, sequence: 3 })]);
    const acknowledgement = { kind: 'partition', name: key, reason: 'edge lost its disk', operator: 'ann' };
    expect(await log.acknowledge(acknowledgement as Parameters<typeof log.acknowledge>[0])).toBe(true);
    const [latest] = await log.acknowledgements();
    expect(latest).toEqual({ ...acknowledgement, acknowledgedAt: expect.stringMatching(/Z$/) });
    expect((await log.acknowledgements()).filter(({ name }) => name === key)).toHaveLength(1);
  },
};
