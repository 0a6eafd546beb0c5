import { expect, test } from 'vitest';
import { admissionVerdict, shareText } from './admission-verdict.ts';

test.each([
  [0, 0, 'Nobody came', 'plain'],
  [990, 10, 'Yes', 'good'],
  [989, 11, 'Not all of them', 'bad'],
  [18, 1, 'Not all of them', 'warn'],
  [0, 3, 'No', 'bad'],
])('of %i admitted and %i kept out, users get in: %s', (good, bad, word, tone) => {
  expect(admissionVerdict({ range: { good, bad }, objective: 0.99 })).toMatchObject({ word, tone });
});

test('a share that is not all is not shown as all', () => {
  expect([shareText(0.99999), shareText(1), shareText(0.5), shareText(0.0712)]).toEqual([
    '99.99 %',
    '100 %',
    '50 %',
    '7.12 %',
  ]);
});
