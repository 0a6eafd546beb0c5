import { describe, expect, test } from 'vitest';
import { attributesOf } from './attributes.ts';

describe('the attributes of a token', () => {
  test.each<[string, unknown, string | undefined]>([
    ['a string as it is', 'a "b" é\n', 'a "b" é\n'],
    ['an empty string', '', ''],
    ['a number', 1.5, '1.5'],
    ['a number past all bounds', Number.POSITIVE_INFINITY, 'Infinity'],
    ['true', true, 'true'],
    ['false', false, 'false'],
    ['a list as JSON', ['a', 1, null], '["a",1,null]'],
    ['an object as JSON', { a: { b: 1 } }, '{"a":{"b":1}}'],
    ['null', null, undefined],
    ['nothing', undefined, undefined],
    ['1,024 characters', 'x'.repeat(1_024), 'x'.repeat(1_024)],
    ['more than that', 'x'.repeat(1_025), undefined],
    ['more than that as JSON', Array.from({ length: 257 }, () => 'xx'), undefined],
  ])('are or are not: %s', (_, claim, attribute) => {
    expect(attributesOf({ claim }, ['claim']).claim).toBe(attribute);
  });

  test('are those that are named, literally', () => {
    const claims = JSON.parse('{"a.b":"1","a":{"b":"2"},"https://x.example/c":"3","__proto__":"4","d":"5"}');
    const attributes = attributesOf(claims, ['a.b', 'https://x.example/c', '__proto__', 'constructor', 'A']);
    expect(JSON.stringify(attributes)).toBe('{"a.b":"1","https://x.example/c":"3","__proto__":"4"}');
  });

  test('are sixteen at most, and those that are left out do not count', () => {
    const names = Array.from({ length: 20 }, (_, n) => `claim-${n}`);
    const claims = Object.fromEntries(names.map((name) => [name, name === 'claim-3' ? null : name]));
    const kept = names.filter((name) => name !== 'claim-3').slice(0, 16);
    expect(Object.keys(attributesOf(claims, names))).toEqual(kept);
  });

  test.each(['x', '"', '\u0000', 'é', '🎟'])(
    'fit into an event, also where they are full of %j',
    (character) => {
      const names = Array.from({ length: 16 }, (_, n) => `claim-${n}`);
      const text = character.repeat(1_024 / character.length);
      const attributes = attributesOf(Object.fromEntries(names.map((name) => [name, text])), names);
      expect(Object.keys(attributes).length).toBeGreaterThan(0);
      expect(Buffer.byteLength(JSON.stringify(attributes))).toBeLessThanOrEqual(8 * 1024);
    },
  );
});
