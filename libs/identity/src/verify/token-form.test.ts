import { expect, test } from 'vitest';
import { bearerTokenOf } from './token-form.ts';

test.each([
  ['Bearer abc.d-e_f.g', 'abc.d-e_f.g'],
  ['bearer abc', 'abc'],
  ['BEARER   abc=', 'abc='],
  [undefined, null],
  ['', null],
  ['Bearer', null],
  ['Bearer ', null],
  ['Bearer a b', null],
  ['Bearer a,Bearer b', null],
  ['Basic abc', null],
  ['xBearer abc', null],
])('the header %j carries the token %j', (header, token) => {
  expect(bearerTokenOf(header)).toBe(token);
});
