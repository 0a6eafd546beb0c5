import { expect, test } from 'vitest';
import { durationText } from './duration-text.ts';

test.each([
  [0, '0 ms'],
  [340, '340 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [1_250, '1.2 s'],
  [4_230, '4.2 s'],
  [59_999, '59.9 s'],
  [60_000, '1 min'],
  [184_000, '3 min 4 s'],
  [200_000, '3 min 20 s'],
  [3_599_999, '59 min 59 s'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [90_000_000, '1 d 1 h'],
  [-1_500, '-1.5 s'],
  [Number.NaN, ''],
])('a duration of %d ms is %s', (ms, text) => expect(durationText(ms)).toBe(text));
