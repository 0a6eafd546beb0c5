import { readFileSync } from 'node:fs';
import { deployed } from './deployed.ts';

/** The users of `deploy/redis/users.acl` that can log in. */
export type RedisUser = 'ticket-service' | 'operator';

/** Lines of Redis' configuration for these users. The default user stays as it is, for what a test does itself. */
export function redisUserLines(): { readonly user: readonly string[] } {
  const lines = readFileSync(deployed('redis', 'users.acl'), 'utf8').trim().split('\n');
  const users = lines.filter((line) => !line.startsWith('user default'));
  return { user: users.map((line) => line.replace(/^user (\S+) on/, '$1 on >$1-password')) };
}

/** The URL of that server for a user. */
export function asRedisUser(url: string, user: RedisUser): string {
  return url.replace('//', `//${user}:${user}-password@`);
}
