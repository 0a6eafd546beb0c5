import type { Dimension, ValueCount } from '@admit-one/core';
import { expect, test } from 'vitest';
import { commonValues } from './score.ts';

/** `origin=https://a 10` */
function counts(...lines: readonly string[]): readonly ValueCount[] {
  return lines.map((line) => {
    const [, dimension = '', value = '', count] = /^([^=]+)=(\S+) (\d+)$/.exec(line) ?? [];
    return { dimension: dimension as Dimension, value, count: Number(count) };
  });
}

function found(total: number, values: readonly ValueCount[], baseline: readonly ValueCount[]) {
  return commonValues(values, total, baseline).map(({ dimension, value }) => `${dimension}=${value}`);
}

const usual = counts(
  'origin=old 900',
  'edge=e1 500',
  'edge=e2 500',
  'agent=a 100',
  'agent=b 900',
  'route=chat 1000',
);

test.each<[string, number, readonly ValueCount[], readonly ValueCount[], readonly string[]]>([
  [
    'a new origin, on all edges',
    100,
    counts('origin=new 100', 'edge=e1 50', 'edge=e2 50', 'route=chat 100'),
    usual,
    ['origin=new'],
  ],
  ['one of two edges', 100, counts('origin=old 100', 'edge=e1 99', 'edge=e2 1'), usual, []],
  [
    'an agent that is rare otherwise',
    100,
    counts('agent=a 90', 'agent=b 10', 'origin=old 100'),
    usual,
    ['agent=a'],
  ],
  [
    'what explains most comes first',
    100,
    counts('agent=a 100', 'origin=new 100'),
    usual,
    ['origin=new', 'agent=a'],
  ],
  ['a value of few', 100, counts('origin=new 19'), usual, []],
  ['a value of some', 100, counts('origin=new 20'), usual, ['origin=new']],
  ['twice as common', 100, counts('agent=a 20'), usual, ['agent=a']],
  ['not twice as common', 100, counts('agent=b 100'), usual, []],
  ['a dimension that no event had before', 100, counts('reason=x 50'), usual, ['reason=x']],
  ['nothing to compare with, all alike', 10, counts('origin=new 10'), [], ['origin=new']],
  ['nothing to compare with, not all alike', 10, counts('origin=new 9', 'origin=old 1'), [], []],
  ['no events', 0, [], usual, []],
])('%s', (_name, total, values, baseline, expected) => {
  expect(found(total, values, baseline)).toEqual(expected);
});

test('shares are of the events in question, and of those that had the dimension before', () => {
  const [value] = commonValues(
    counts('prefix=203.0.113.0/24 80'),
    100,
    counts('prefix=203.0.113.0/24 1', 'prefix=198.51.100.0/24 99', 'edge=e1 1000'),
  );
  expect(value).toEqual({
    dimension: 'prefix',
    value: '203.0.113.0/24',
    count: 80,
    share: 0.8,
    baselineShare: 0.01,
    lift: 80,
  });
});

test('a value that was not seen before has a finite lift, above that of any value that was', () => {
  const baseline = counts('origin=old 1', 'origin=other 97');
  const [fresh, seen] = commonValues(counts('origin=new 50', 'origin=old 50'), 100, baseline);
  expect([fresh?.value, fresh?.lift]).toEqual(['new', 50]);
  expect(seen?.lift).toBeCloseTo(49);
});
