import { describe, expect, it } from 'vitest';
import { dropIgnoredProtocols, isSecretProtocol, offeredProtocols } from './offered-protocols.ts';

const long = 'a'.repeat(5_000);
const many = Array.from({ length: 1_000 }, (_, n) => `${n}`);

describe('offered subprotocols', () => {
  it.each<[string | undefined, readonly string[]]>([
    [undefined, []],
    ['admit.v1', ['admit.v1']],
    ['b, a', ['b', 'a']],
    ['a,b \t ,\tc', ['a', 'b', 'c']],
    ['A, a', ['A', 'a']],
    [many.join(','), many],
    [`${long}, a`, [long, 'a']],
    [`jwt.${long}, a`, [`jwt.${long}`, 'a']],
    ['ticket.a, ticket.a, ticket.b c', ['ticket.a', 'ticket.a', 'ticket.b c']],
  ])('are read from %j', (header, expected) => {
    expect(offeredProtocols(header)).toEqual(expected);
  });

  it.each([
    ['nothing', ''],
    ['an empty item', ',,'],
    ['a repetition', 'z, z'],
    ['a space inside', 'a b'],
    ['thousands of spaces inside', `a${' '.repeat(4000)}b`],
    ['a separator', 'a;b'],
    ['a quoted string', '"a"'],
    ['a space that is not ASCII', 'a\u00a0b'],
    ['a control character', 'a\u0001'],
    ['more than 8 KiB', `${'a'.repeat(8_192)}`],
  ])('are ignored alone: %s', (_, header) => {
    expect(offeredProtocols(`z, ${header}, ticket.x`)).toEqual(['z', 'ticket.x']);
  });

  it('take time in proportion to their length', () => {
    const headers = [','.repeat(32_768), `${' '.repeat(32_767)}a`, `jwt.${'a '.repeat(16_000)}`, many.join()];
    const startedAt = performance.now();
    for (let n = 0; n < 20; n += 1) headers.map(offeredProtocols);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

describe('the offer that a WebSocket library sees', () => {
  it.each([
    ['admit.v1, ticket.x, chat', 'admit.v1, ticket.x, chat'],
    [`chat,, chat, a b, jwt.${long}, ticket.x, ticket.x, ticket.y z`, `chat, jwt.${long}, ticket.x`],
    ['a b', undefined],
    [undefined, undefined],
  ])('of %j is %j', (header, shown) => {
    const headers = header === undefined ? {} : { 'sec-websocket-protocol': header };
    dropIgnoredProtocols(headers);
    expect(headers).toEqual(shown === undefined ? {} : { 'sec-websocket-protocol': shown });
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
