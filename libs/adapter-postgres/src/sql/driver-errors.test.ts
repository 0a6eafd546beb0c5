import { DatabaseError } from 'pg';
import { expect, test } from 'vitest';
import { errorText, isAnswer } from './driver-errors.ts';

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

test.each([
  ['53100', true],
  ['40001', true],
  ['57014', true],
  ['57P01', false],
  ['53300', false],
  ['28P01', false],
  ['3D000', false],
  ['08006', false],
  ['ECONNREFUSED', false],
])('knows whether a server has answered that fails with %s: %s', (code, expected) => {
  expect(isAnswer(Object.assign(new Error('failed'), { code }))).toBe(expected);
});
