import type { Diagnostic } from '@admit-one/core';
import type { Redis } from 'ioredis';
import { type ServerFacts, settingOf } from './server.ts';

/** What a crash of the server, or of its machine, would lose. */
export async function durabilityDiagnostics(
  redis: Redis,
  { address, info }: ServerFacts,
): Promise<readonly Diagnostic[]> {
  const [fsync, replicas] = await Promise.all([
    settingOf(redis, 'appendfsync'),
    settingOf(redis, 'min-replicas-to-write'),
  ]);
  return [fileDiagnostic(address, info('aof_enabled') === '1', fsync), replicaDiagnostic(address, replicas)];
}

/** The service's user may not read settings, among which is a password; many managed servers let nobody. */
function unseenDiagnostic(address: string, setting: string): Diagnostic {
  return {
    level: 'warning',
    message: `${setting} of ${address} cannot be seen with these permissions`,
    remedy: 'Check it as the operator user of deploy/redis/users.acl.',
  };
}

function fileDiagnostic(address: string, appendOnly: boolean, fsync: string | undefined): Diagnostic {
  if (!appendOnly)
    return {
      level: 'warning',
      message: `${address} writes no append-only file: its end takes events with it that were not yet published`,
      remedy:
        'Set appendonly to yes and appendfsync to always, or to everysec if losing a second is acceptable.',
    };
  if (fsync === undefined) return unseenDiagnostic(address, 'appendfsync');
  const message = `${address} writes an append-only file with appendfsync ${fsync}`;
  return ['always', 'everysec'].includes(fsync)
    ? { level: 'ok', message }
    : {
        level: 'warning',
        message,
        remedy: 'Set appendfsync to always, or to everysec if losing a second is acceptable.',
      };
}

function replicaDiagnostic(address: string, needed: string | undefined): Diagnostic {
  if (needed === undefined) return unseenDiagnostic(address, 'min-replicas-to-write');
  if (Number(needed) > 0)
    return { level: 'ok', message: `${address} takes writes only with ${needed} replicas in step` };
  return {
    level: 'warning',
    message: `${address} takes writes that no replica has: a failover loses them`,
    remedy: 'Add a replica, and set min-replicas-to-write to 1.',
  };
}
