/** What a user of Redis may do; the server rejects everything else. */
export interface RedisUser {
  /** Commands, and subcommands as `config|get`. */
  readonly commands: readonly string[];
  /** Key patterns, as in `ACL SETUSER`: `~…` to read and write, `%R~…` to read. */
  readonly keys: readonly string[];
}

/** The keys of all partitions: `{p03}:…`. */
const PARTITION = '{p[0-9][0-9]}:*';

/** What the client asks when it connects, and to find the servers of a cluster. */
const CONNECT = ['info', 'select', 'cluster|info', 'cluster|slots'];

/** What the scripts of this adapter call, and what it sends beside them. */
const SCRIPTS = [
  ...['eval', 'evalsha', 'time', 'del', 'exists', 'get', 'mget', 'set', 'pexpiretime'],
  ...['lindex', 'llen', 'lrange', 'ltrim', 'rpush'],
  ...['hdel', 'hexists', 'hget', 'hincrby', 'hlen', 'hmget', 'hscan', 'hset'],
  ...['zadd', 'zcard', 'zrangebyscore', 'zrem', 'zscore'],
];

/** What counts use against limits. */
const COUNTS = { commands: ['incrby', 'pttl', 'expire'], keys: ['~usage:*'] };

/** The users of Redis by name. There is no other: the default user is off. */
export const redisUsers = {
  /** Reads and writes tickets and their events. */
  'ticket-service': {
    commands: [...CONNECT, ...SCRIPTS, ...COUNTS.commands],
    keys: [`~${PARTITION}`, ...COUNTS.keys],
  },
  /** `admit doctor`: reads settings and the age of the oldest events, and no ticket. */
  operator: { commands: [...CONNECT, 'config|get', 'time', 'lindex'], keys: ['%R~{p[0-9][0-9]}:outbox'] },
} as const satisfies Readonly<Record<string, RedisUser>>;

export type RedisUserName = keyof typeof redisUsers;

/**
 * The ACL file of Redis (`aclfile`), a line for each user.
 * @param passwords SHA-256 of each user's password in hex; a user without one cannot log in
 */
export function redisAcl(passwords: Readonly<Partial<Record<RedisUserName, string>>>): string {
  const names = Object.keys(redisUsers) as RedisUserName[];
  const lines = names.map((name) => {
    const { commands, keys }: RedisUser = redisUsers[name];
    const password = passwords[name] === undefined ? [] : [`#${passwords[name]}`];
    const rules = ['resetchannels', ...keys, '-@all', ...commands.map((command) => `+${command}`)];
    return `user ${[name, 'on', ...password, ...rules].join(' ')}`;
  });
  return `${['user default off', ...lines].join('\n')}\n`;
}
