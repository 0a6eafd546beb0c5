import { expect, test } from 'vitest';
import { barText, percentText } from './numbers.ts';

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
