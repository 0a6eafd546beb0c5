import type { AlertRecord, AlertSample, AuditLog } from '@admit-one/core';
import { expect } from 'vitest';
import { unique } from '../sample-events.ts';
import type { AuditLogTests } from './subject.ts';

/** Longer than any test. */
const LEASE_MS = 600_000;

function record(name: string, state: AlertRecord['state']): AlertRecord {
  return {
    ...{ name, state, value: 0.5, detail: '192.0.2.0/24', evaluatedAt: 1_790_000_000_123 },
    ...{ firedAt: null, resolvedAt: null, reported: true, notified: true },
  };
}

/** An instance that leads, whoever did before. */
async function leader({ alerts }: AuditLog): Promise<string> {
  const instance = unique('audit-service');
  await expect.poll(() => alerts.lead(instance, 1, true)).toBe(true);
  return instance;
}

export const alertTests: AuditLogTests = {
  'are led by one instance of those that try at once, until it resigns': async ({ log: { alerts }, log }) => {
    await alerts.resign(await leader(log));
    const instances = Array.from({ length: 5 }, () => unique('audit-service'));
    const tries = () => Promise.all(instances.map((instance) => alerts.lead(instance, LEASE_MS, true)));
    const first = await tries();
    expect(first.filter((leads) => leads)).toHaveLength(1);
    expect(await tries()).toEqual(first);
    const leading = instances[first.indexOf(true)] ?? '';
    const other = instances[first.indexOf(false)] ?? '';
    await alerts.resign(other);
    expect(await alerts.lead(other, LEASE_MS, true)).toBe(false);
    await alerts.resign(leading);
    expect(await alerts.lead(other, LEASE_MS, true)).toBe(true);
  },

  'are led by another where the leader has not renewed its lease': async ({ log: { alerts }, log }) => {
    const before = await leader(log);
    const next = await leader(log);
    expect(await alerts.lead(before, LEASE_MS, true)).toBe(false);
    expect(await alerts.lead(next, LEASE_MS, true)).toBe(true);
  },

  'are led by an instance without the bus only where none with it does': async ({ log: { alerts }, log }) => {
    const lead = (instance: string, isConnected: boolean) => alerts.lead(instance, LEASE_MS, isConnected);
    const [connected, other] = [await leader(log), unique('audit-service')];
    await alerts.resign(connected);
    expect(await lead(other, false)).toBe(false);
    expect(await lead(connected, true)).toBe(true);
    expect(await lead(connected, false)).toBe(true);
    expect(await lead(other, false)).toBe(false);
    expect(await lead(other, true)).toBe(true);
    expect(await lead(connected, true)).toBe(false);
    await expect.poll(() => alerts.lead(connected, 1, false)).toBe(true);
  },

  'are read as the leader saved them, and replaced as a whole': async ({ log: { alerts }, log }) => {
    const instance = await leader(log);
    const firing = { status: 'firing', since: 1_790_000_000_001, heldAt: 2 } as const;
    const records = [
      record('A', { status: 'inactive' }),
      { ...record('B', firing), firedAt: 3, notified: false },
      {
        ...record('C', { status: 'pending', since: 4 }),
        ...{ value: null, detail: null, resolvedAt: 5, reported: false },
      },
    ];
    for (const saved of [records, records.slice(1), []]) {
      expect(await alerts.save(instance, { records: saved })).toBe(true);
      expect(await alerts.records()).toEqual(saved);
    }
  },

  'keep samples in the order of time until they are forgotten': async ({ log: { alerts }, log }) => {
    const instance = await leader(log);
    const save = (sample: AlertSample, forget?: readonly number[]) =>
      alerts.save(instance, { records: [], sample, ...(forget && { forget }) });
    await save({ at: 1_790_000_000_500, values: { 'a{"x":"1"}': 0.25, b: 2 } });
    await save({ at: 1_790_000_000_001, values: {} });
    expect(await alerts.samples()).toEqual([
      { at: 1_790_000_000_001, values: {} },
      { at: 1_790_000_000_500, values: { 'a{"x":"1"}': 0.25, b: 2 } },
    ]);
    await save({ at: 1_790_000_000_600, values: {} }, [1_790_000_000_001, 1_790_000_000_500]);
    expect((await alerts.samples()).map(({ at }) => at)).toEqual([1_790_000_000_600]);
  },

  'stay as they are where an instance saves that leads no more': async ({ log: { alerts }, log }) => {
    const before = await leader(log);
    await alerts.save(before, { records: [record('kept', { status: 'inactive' })] });
    await leader(log);
    expect(await alerts.save(before, { records: [], sample: { at: 1, values: {} } })).toBe(false);
    expect((await alerts.records()).map(({ name }) => name)).toEqual(['kept']);
    expect((await alerts.samples()).filter(({ at }) => at === 1)).toEqual([]);
  },
};
