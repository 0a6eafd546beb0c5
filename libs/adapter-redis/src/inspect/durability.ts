import type { Finding } from '@admit-one/core';
import type { Redis } from 'ioredis';
import { type ServerFacts, settingOf } from './server.ts';

/** What a crash of the server, or of its machine, would lose. */
export async function durabilityFindings(
  redis: Redis,
  { address, info }: ServerFacts,
): Promise<readonly Finding[]> {
  const [fsync, replicas] = await Promise.all([
    settingOf(redis, 'appendfsync'),
    settingOf(redis, 'min-replicas-to-write'),
  ]);
  return [fileFinding(address, info('aof_enabled') === '1', fsync), replicaFinding(address, replicas)];
}

function fileFinding(address: string, appendOnly: boolean, fsync = 'unknown'): Finding {
  if (!appendOnly)
    return {
      level: 'warning',
      what: `${address} writes no append-only file: its end takes events with it that were not yet published`,
      remedy: 'set appendonly to yes, with appendfsync always, or everysec where a lost second will do',
    };
  const what = `${address} writes an append-only file with appendfsync ${fsync}`;
  return ['always', 'everysec'].includes(fsync)
    ? { level: 'ok', what }
    : {
        level: 'warning',
        what,
        remedy: 'set appendfsync to always, or everysec where a lost second will do',
      };
}

function replicaFinding(address: string, needed: string | undefined): Finding {
  if (needed !== undefined && Number(needed) > 0)
    return { level: 'ok', what: `${address} takes writes only with ${needed} replicas in step` };
  return {
    level: 'warning',
    what:
      needed === undefined
        ? `${address} does not tell its min-replicas-to-write`
        : `${address} takes writes that no replica has: a failover loses them`,
    remedy: 'have a replica, and set min-replicas-to-write to 1',
  };
}
