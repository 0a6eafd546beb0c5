import { expect, test } from 'vitest';
import { barText, durationText, percentText } from './numbers.ts';

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [1_250, '1.2 s'],
  [59_999, '59.9 s'],
  [60_000, '1 min'],
  [184_000, '3 min 4 s'],
  [3_599_999, '59 min 59 s'],
  [7_500_000, '2 h 5 min'],
  [90_000_000, '1 d 1 h'],
  [-1_500, '-1.5 s'],
  [Number.NaN, ''],
])('a duration of %d ms is %s', (ms, text) => expect(durationText(ms)).toBe(text));

test.each([
  [0, '0 %'],
  [0.0042, '0.4 %'],
  [0.01, '1 %'],
  [0.974, '97 %'],
  [1, '100 %'],
  [Number.NaN, ''],
])('a share of %d is %s', (share, text) => expect(percentText(share)).toBe(text));

test.each([
  [0, 10, ''],
  [1, 1_000, '█'],
  [5, 10, '█████'],
  [10, 10, '██████████'],
  [20, 10, '██████████'],
  [Number.NaN, 10, ''],
])('a bar of %d out of %d is %s', (value, max, bar) => expect(barText(value, max, 10)).toBe(bar));
