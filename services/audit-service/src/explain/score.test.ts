import type { Dimension, ValueCount } from '@admit-one/core';
import { expect, test } from 'vitest';
import { commonValues } from './score.ts';

/** `origin=https://a 10`; the events that have a dimension are those of its lines. */
function counts(...lines: readonly string[]): readonly ValueCount[] {
  const values = lines.map((line) => {
    const [, dimension = '', value = '', count] = /^([^=]+)=(\S+) (\d+)$/.exec(line) ?? [];
    return { dimension: dimension as Dimension, value, count: Number(count) };
  });
  const known = (of: Dimension) =>
    values.filter(({ dimension }) => dimension === of).reduce((sum, { count }) => sum + count, 0);
  return values.map((value) => ({ ...value, known: known(value.dimension) }));
}

function found(values: readonly ValueCount[], baseline: readonly ValueCount[]) {
  const total = Math.max(0, ...baseline.map(({ known }) => known));
  return commonValues(values, baseline, total).map(({ dimension, value }) => `${dimension}=${value}`);
}

const usual = counts(
  'origin=old 900',
  'edge=e1 500',
  'edge=e2 500',
  'agent=a 100',
  'agent=b 900',
  'route=chat 1000',
);

test.each<[string, readonly ValueCount[], readonly ValueCount[], readonly string[]]>([
  [
    'a new origin, on all edges',
    counts('origin=new 100', 'edge=e1 50', 'edge=e2 50', 'route=chat 100'),
    usual,
    ['origin=new'],
  ],
  ['one of two edges', counts('origin=old 100', 'edge=e1 99', 'edge=e2 1'), usual, []],
  [
    'an agent that is rare otherwise',
    counts('agent=a 90', 'agent=b 10', 'origin=old 100'),
    usual,
    ['agent=a'],
  ],
  [
    'what explains most comes first',
    counts('agent=a 100', 'origin=new 100'),
    usual,
    ['origin=new', 'agent=a'],
  ],
  ['a value of few', counts('origin=new 19', 'origin=old 81'), usual, []],
  ['a value of some', counts('origin=new 20', 'origin=old 80'), usual, ['origin=new']],
  ['twice as common', counts('agent=a 20', 'agent=b 80'), usual, ['agent=a']],
  ['not twice as common', counts('agent=b 100'), usual, []],
  ['a dimension that no event had before', counts('reason=x 50'), usual, ['reason=x']],
  ['nothing to compare with, all alike', counts('origin=new 10'), [], ['origin=new']],
  ['nothing to compare with, not all alike', counts('origin=new 9', 'origin=old 1'), [], ['origin=new']],
  [
    'nothing to compare with, the largest share first',
    counts('agent=a 9', 'agent=b 3', 'origin=new 8', 'origin=old 1', 'edge=e1 12'),
    [],
    ['edge=e1', 'origin=new', 'agent=a', 'agent=b'],
  ],
  ['nothing to compare with, a value of few', counts('origin=new 19', 'origin=old 81'), [], ['origin=old']],
  ['no events', [], usual, []],
])('%s', (_name, values, baseline, expected) => {
  expect(found(values, baseline)).toEqual(expected);
});

test('shares are of the events that have the dimension, now as before', () => {
  const [value] = commonValues(
    counts('prefix=203.0.113.0/24 80', 'prefix=198.51.100.0/24 20'),
    counts('prefix=203.0.113.0/24 1', 'prefix=198.51.100.0/24 99', 'edge=e1 1000'),
    1000,
  );
  expect(value).toEqual({
    dimension: 'prefix',
    value: '203.0.113.0/24',
    count: 80,
    known: 100,
    share: 0.8,
    baselineShare: 0.01,
    lift: 80,
  });
});

test('a value that was not seen before has a finite lift, above that of any value that was', () => {
  const baseline = counts('origin=old 1', 'origin=other 97');
  const [fresh, seen] = commonValues(counts('origin=new 50', 'origin=old 50'), baseline, 98);
  expect([fresh?.value, fresh?.lift]).toEqual(['new', 50]);
  expect(seen?.lift).toBeCloseTo(49);
});

test.each([1, 1_000])('events without a dimension do not hide a cause, of which %i events tell', (known) => {
  const values = counts(`agent=a ${known}`, 'reason=rate_limited 2501');
  expect(commonValues(values, usual, 1_000)).toContainEqual(
    expect.objectContaining({ dimension: 'agent', value: 'a', share: 1, known }),
  );
});

test('the events that have a dimension are more than those of the values looked at', () => {
  const one: ValueCount = { dimension: 'agent', value: 'a', count: 20, known: 1_000 };
  expect(commonValues([one], usual, 1_000)).toEqual([]);
  const [value] = commonValues([{ ...one, known: 50 }], [{ ...one, count: 1 }], 1_000);
  expect(value).toMatchObject({ share: 0.4, baselineShare: 0.001 });
});
