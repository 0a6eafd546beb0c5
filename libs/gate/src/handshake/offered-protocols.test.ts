import { describe, expect, it } from 'vitest';
import { isSecretProtocol, offeredProtocols } from './offered-protocols.ts';

describe('offered subprotocols', () => {
  it.each([
    [undefined, []],
    ['admit.v1', ['admit.v1']],
    ['b, a', ['b', 'a']],
    ['a,b \t ,\tc', ['a', 'b', 'c']],
    ['A, a', ['A', 'a']],
  ])('are read from %j', (header, expected) => {
    expect(offeredProtocols(header)).toEqual(expected);
  });

  it.each([
    ['nothing', ''],
    ['an empty item', 'a,,b'],
    ['an empty end', 'a,'],
    ['a repetition', 'a, b, a'],
    ['a space inside', 'a b'],
    ['thousands of spaces inside', `a${' '.repeat(4000)}b`],
    ['a separator', 'a;b'],
    ['a quoted string', '"a"'],
    ['a space that is not ASCII', 'a\u00a0'],
    ['a control character', 'a\u0001'],
    ['too many', Array.from({ length: 33 }, (_, n) => n).join(',')],
    ['too long a header', 'a'.repeat(4097)],
  ])('are ignored: %s', (_, header) => {
    expect(offeredProtocols(header)).toBeNull();
  });

  it('may be as many and as long as the bounds say', () => {
    const most = Array.from({ length: 32 }, (_, n) => String(n));
    expect(offeredProtocols(most.join(','))).toEqual(most);
    expect(offeredProtocols('a'.repeat(4096))).toHaveLength(1);
  });
});

it.each([
  ['ticket.x', true],
  ['TICKET.x', true],
  ['jwt.x', true],
  ['admit.v1', false],
  ['tickets', false],
  ['my.ticket.x', false],
])('whether %s is a secret: %j', (protocol, secret) => {
  expect(isSecretProtocol(protocol)).toBe(secret);
});
