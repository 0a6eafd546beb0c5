import { reasonRow } from '@admit-one/core';
import { describe, expect, test } from 'vitest';
import { type SloName, sloRow, slos } from './slo.ts';

const names = Object.keys(slos) as SloName[];

describe.each(names)('%s', (name) => {
  const { good, bad, objective } = sloRow(name);

  test('leaves a budget', () => {
    expect(objective).toBeGreaterThan(0.9);
    expect(objective).toBeLessThan(1);
  });

  test('counts no attack, and no event twice', () => {
    const reasons = bad.flatMap((events) => events.reasons ?? []);
    expect(reasons.filter((reason) => reasonRow(reason).fault === 'attack')).toEqual([]);
    const both = good.filter((events) => bad.some((other) => overlap(events, other)));
    expect(both).toEqual([]);
  });
});

function overlap(one: ReturnType<typeof sloRow>['good'][number], other: typeof one): boolean {
  const isSameType = one.types.some((type) => other.types.includes(type));
  return isSameType && one.measure?.is === other.measure?.is;
}

test('availability has failures of the infrastructure alone, so that no flood spends or hides its budget', () => {
  const { good, bad } = sloRow('availability');
  expect(
    bad.flatMap(({ reasons = [] }) =>
      reasons.filter((reason) => reasonRow(reason).fault !== 'infrastructure'),
    ),
  ).toEqual([]);
  expect(good.flatMap(({ types }) => types)).toEqual(['admit.ticket.issued', 'admit.ticket.consumed']);
});
