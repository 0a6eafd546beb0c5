import { describe, expect, it } from 'vitest';
import { parseRedisUrl } from './redis-url.ts';

const open = { tls: false, username: undefined, password: undefined };

describe('the URL of a Redis', () => {
  it.each([
    ['redis://localhost', { kind: 'node', node: { host: 'localhost', port: 6_379 }, database: 0, ...open }],
    [
      'redis://10.0.0.1:7000/3',
      { kind: 'node', node: { host: '10.0.0.1', port: 7_000 }, database: 3, ...open },
    ],
    ['redis://[::1]:7000/', { kind: 'node', node: { host: '::1', port: 7_000 }, database: 0, ...open }],
    [
      'rediss://user:p%40ss%2F@redis.example:6380',
      {
        kind: 'node',
        node: { host: 'redis.example', port: 6_380 },
        database: 0,
        tls: true,
        username: 'user',
        password: 'p@ss/',
      },
    ],
    [
      'redis-sentinel://:secret@a:1,b/main',
      {
        kind: 'sentinel',
        sentinels: [
          { host: 'a', port: 1 },
          { host: 'b', port: 26_379 },
        ],
        master: 'main',
        ...open,
        password: 'secret',
      },
    ],
    [
      'rediss-cluster://a:1,b:2,[fe80::1]',
      {
        kind: 'cluster',
        nodes: [
          { host: 'a', port: 1 },
          { host: 'b', port: 2 },
          { host: 'fe80::1', port: 6_379 },
        ],
        ...open,
        tls: true,
      },
    ],
  ])('is read from %s', (url, target) => {
    expect(parseRedisUrl(url)).toEqual(target);
  });

  it.each([
    '',
    'localhost:6379',
    'http://localhost',
    'redis://',
    'redis://a,b',
    'redis://secret@a/name',
    'redis://:secret@a:port',
    'redis://:secret@a:1:2',
    'redis://:sec%ret@a',
    'redis://:secret@a:70000',
    'redis-sentinel://:secret@a:1',
    'redis-sentinel://:secret@a:1/',
    'redis-cluster://:secret@a:1/0',
    'redis://:secret@a/0?tls=true',
  ])('is not read from %j, which is not repeated', (url) => {
    expect(() => parseRedisUrl(url)).toThrow(TypeError);
    expect(() => parseRedisUrl(url)).not.toThrow(/secret/);
  });
});
