import { DatabaseError } from 'pg';
import { expect, test } from 'vitest';
import { errorText } from './driver-errors.ts';

const full = Object.assign(new DatabaseError('No space left on device', 0, 'error'), { code: '53100' });
const rejected = (address: string) =>
  Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: 'ECONNREFUSED' });

test.each<[unknown, string]>([
  [full, 'No space left on device (SQLSTATE 53100)'],
  [rejected('127.0.0.1:1'), 'connect ECONNREFUSED 127.0.0.1:1'],
  [
    new AggregateError([rejected('::1:1'), rejected('127.0.0.1:1')]),
    'connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1',
  ],
  ['gone', 'gone'],
])('says what was thrown: %s', (thrown, text) => {
  expect(errorText(thrown)).toBe(text);
});
