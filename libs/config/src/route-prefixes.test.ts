import { describe, expect, test } from 'vitest';
import { parseRoutePrefixes, routeOf } from './route-prefixes.ts';

const { prefixes } = parseRoutePrefixes(['*=/ws', 'chat=/socket.io/', 'admin=/ws/staff', '*=/api/v1/ws']);

describe('the route of a path', () => {
  test.each([
    ['/ws', 'default'],
    ['/ws/', 'default'],
    ['/ws/chat', 'chat'],
    ['/ws/chat/', 'chat'],
    ['/ws/staff', 'admin'],
    ['/ws/staff/floor/2', 'admin'],
    ['/socket.io/', 'chat'],
    ['/socket.io', 'chat'],
    ['/socket.io/room', 'chat'],
    ['/api/v1/ws/games', 'games'],
  ])('%s is %s', (path, route) => {
    expect(routeOf(path, prefixes)).toBe(route);
  });

  test.each([
    ['of no prefix', '/other'],
    ['that only begins like a prefix', '/wsx'],
    ['with more than a name behind the prefix', '/ws/chat/2'],
    ['with an invalid name', '/ws/Chat'],
    ['with a name that is reserved', '/ws/ticket'],
    ['with a ticket as its name', `/ws/${'0123456789abcdef'.repeat(2)}`],
    ['with an encoded name', '/ws/%63hat'],
    ['that goes up', '/socket.io/../ws/chat'],
    ['that stays', '/socket.io/./room'],
    ['that ends in going up', '/socket.io/..'],
    ['with an encoded way up', '/socket.io/%2e%2e/ws'],
    ['with an empty segment', '/ws//chat'],
    ['with a backslash', '/ws\\chat'],
    ['with a fragment', '/ws#chat'],
    ['that is empty', ''],
    ['without a slash', 'ws'],
  ])('%s is invalid: %s', (_, path) => {
    expect(routeOf(path, prefixes)).toBeNull();
  });

  test('is the same of everything where the prefix is the root', () => {
    const root = parseRoutePrefixes(['all=/']).prefixes;
    expect(['/', '/a', '/a/b'].map((path) => routeOf(path, root))).toEqual(['all', 'all', 'all']);
  });

  // An expression that goes back on its steps would not come to an end here.
  test.each([`/${'a/'.repeat(100_000)}%`, `/${'.'.repeat(200_000)}%`])(
    'is found in the longest of paths',
    (path) => {
      expect(routeOf(path, prefixes)).toBeNull();
    },
  );
});

describe('a list of prefixes', () => {
  test.each([
    'chat',
    'chat=',
    '=/ws',
    'chat=ws',
    'Chat=/ws',
    'ticket=/ws',
    '**=/ws',
    'chat=/a//b',
    'chat=/a/../b',
    'chat=/a%20b',
    'chat=/a?b',
    `${'x'.repeat(33)}=/ws`,
  ])('does not take %j', (entry) => {
    expect(parseRoutePrefixes([entry]).issues).toEqual([expect.stringContaining(JSON.stringify(entry))]);
  });

  test('does not take a prefix twice', () => {
    expect(parseRoutePrefixes(['a=/ws', 'b=/ws/']).issues).toEqual(['has the prefix /ws/ twice']);
  });
});
