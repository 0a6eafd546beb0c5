import { expect, test } from 'vitest';
import { admissionVerdict } from './admission-verdict.ts';

test.each([
  [0, 0, 'Nobody came', 'plain'],
  [990, 10, 'Yes', 'good'],
  [989, 11, 'Not all of them', 'bad'],
  [18, 1, 'Not all of them', 'warn'],
  [0, 3, 'No', 'bad'],
])('of %i admitted and %i kept out, users get in: %s', (good, bad, word, tone) => {
  expect(admissionVerdict({ range: { good, bad }, objective: 0.99 })).toMatchObject({ word, tone });
});
