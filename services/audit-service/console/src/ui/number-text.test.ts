import { expect, test } from 'vitest';
import { counted, shareText } from './number-text.ts';

test('a share that is not all is not shown as all', () => {
  expect([shareText(0.99999), shareText(1), shareText(0.5), shareText(0.0712)]).toEqual([
    '99.99 %',
    '100 %',
    '50 %',
    '7.12 %',
  ]);
});

test('a noun is in the plural unless there is one', () => {
  expect([counted(0, 'event'), counted(1, 'event'), counted(2_000, 'event')]).toEqual([
    '0 events',
    '1 event',
    '2,000 events',
  ]);
});
