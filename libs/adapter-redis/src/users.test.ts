import {
  asRedisUser,
  missingEngines,
  type RedisEngine,
  redisUserLines,
  startRedis,
} from '@admit-one/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RedisUser, type RedisUserName, redisAcl, redisUsers } from './users.ts';

const missing = missingEngines('redis');
const names = Object.keys(redisUsers) as RedisUserName[];
const OWN_KEY = '{p03}:outbox';
/** Those that Redis lets everyone send, to log in or out. */
const FOR_EVERYONE = ['auth', 'hello', 'quit', 'reset'];

/** A command or subcommand as `COMMAND INFO` describes it. */
type CommandInfo = readonly [name: string, arity: number, ...rest: unknown[]];

describe.skipIf(missing)(`the users of Redis${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let redis: RedisEngine;
  let administrator: Redis;
  beforeAll(async () => {
    redis = await startRedis({ config: redisUserLines() });
    administrator = new Redis(redis.url);
  });
  afterAll(async () => {
    administrator?.disconnect();
    await redis?.stop();
  });

  function as(user: RedisUserName): Redis {
    return new Redis(asRedisUser(redis.url, user), { disableClientInfo: true });
  }

  /** Every command, and in place of those that have subcommands these. */
  async function allCommands(): Promise<readonly CommandInfo[]> {
    const infos = (await administrator.call('COMMAND', 'INFO')) as CommandInfo[];
    return infos.flatMap((info) => {
      const subcommands = (info[9] ?? []) as CommandInfo[];
      return subcommands.length === 0 ? [info] : subcommands;
    });
  }

  it.each(names)('lets %s send its commands, and no other that this Redis has', async (user) => {
    const verdicts = await Promise.all(
      (await allCommands()).map(async ([name, arity]) => {
        const words = name.split('|');
        const padding = Array.from({ length: Math.abs(arity) - words.length }, () => OWN_KEY);
        const verdict = await administrator.call('ACL', 'DRYRUN', user, ...words, ...padding);
        return { name, isRefused: /no permissions to run/.test(String(verdict)) };
      }),
    );
    const { commands }: RedisUser = redisUsers[user];
    expect(verdicts.length).toBeGreaterThan(300);
    expect(
      verdicts
        .filter(({ isRefused }) => !isRefused)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...commands, ...FOR_EVERYONE].sort());
  });

  it.each([
    ['ticket-service', ['GET', 'another:key']],
    ['ticket-service', ['EVAL', "return redis.call('GET', 'another:key')", '0']],
    ['ticket-service', ['EVAL', "return redis.call('FLUSHALL')", '0']],
    ['ticket-service', ['SET', '{p3}:outbox', 'x']],
    ['operator', ['LINDEX', '{p03}:ticket:x', '0']],
    ['operator', ['GET', '{p03}:ticket:x']],
  ] as const)('refuses to %s: %j', async (user, [command, ...args]) => {
    const client = as(user);
    const reply = client.call(command, ...args);
    await expect(reply).rejects.toThrow(/NOPERM|The user executing the script can't/);
    client.disconnect();
  });

  it('has a file without passwords and without the default user', () => {
    const [first, ...users] = redisAcl({ operator: 'ab12' }).trim().split('\n');
    expect(first).toBe('user default off');
    expect(users.map((line) => line.split(' ').slice(0, 4).join(' '))).toEqual([
      'user ticket-service on resetchannels',
      'user operator on #ab12',
    ]);
  });
});
