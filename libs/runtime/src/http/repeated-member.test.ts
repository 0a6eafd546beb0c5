import { expect, test } from 'vitest';
import { repeatedMember } from './repeated-member.ts';

test.each([
  ['{"a":1,"a":2}', 'a'],
  ['{"a":1,"a":1}', 'a'],
  ['{"a" :1,\n"\\u0061"\t:2}', 'a'],
  ['{"":1,"":2}', ''],
  ['{"a":{"b":1},"c":{"b":1,"b":2}}', 'b'],
  ['[{"a":1},{"b":1,"b":2}]', 'b'],
  ['{"a":{"b":1,"c":2},"a":null}', 'b'],
  ['{"toString":1,"toString":2}', 'toString'],
  ['{"x\\"y":1,"x\\"y":2}', 'x"y'],
])('%s has a member twice', (text, name) => {
  expect(repeatedMember(text, JSON.parse(text))).toBe(name);
});

test.each([
  'null',
  '1',
  '"a:a:"',
  '[]',
  '["a","a"]',
  '{}',
  '{"a":1,"b":1,"A":1}',
  '{"a":{"a":{"a":"a"}}}',
  '[{"a":1},{"a":1}]',
  '{"a":"\\"a\\":1","b":"a:"}',
  '{"a\\\\":1,"a":2}',
  '{"b":"\\\\","a":1}',
])('%s has none', (text) => {
  expect(repeatedMember(text, JSON.parse(text))).toBeUndefined();
});
