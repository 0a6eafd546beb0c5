import type { Finding } from '@admit-one/core';
import type { ServerFacts } from './server.ts';

const OLDEST_MAJOR_VERSION = 7;

/** Which server it is: version, role, and whether the URL is of the right kind for it. */
export function identityFindings({ address, info }: ServerFacts): readonly Finding[] {
  const version = info('redis_version');
  const role = info('role');
  const clustered = info('redis_mode') === 'cluster';
  return [
    Number.parseInt(version, 10) >= OLDEST_MAJOR_VERSION
      ? { level: 'ok', what: `${address} answers, version ${version}` }
      : {
          level: 'fault',
          what: `${address} has version ${version}`,
          remedy: 'use Redis 7.0 or later, or Valkey: older ones do not refuse a script before it starts',
        },
    role === 'master'
      ? { level: 'ok', what: `${address} takes writes${clustered ? ', as a node of a cluster' : ''}` }
      : {
          level: 'fault',
          what: `${address} is a ${role}, and takes no writes`,
          remedy: 'give the URL of the master, or a redis-sentinel:// URL that finds it',
        },
  ];
}
