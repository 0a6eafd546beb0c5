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

function fileDiagnostic(address: string, appendOnly: boolean, fsync = 'unknown'): Diagnostic {
  if (!appendOnly)
    return {
      level: 'warning',
      message: `${address} writes no append-only file: its end takes events with it that were not yet published`,
      remedy:
        'Set appendonly to yes and appendfsync to always, or to everysec if losing a second is acceptable.',
    };
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
  if (needed !== undefined && Number(needed) > 0)
    return { level: 'ok', message: `${address} takes writes only with ${needed} replicas in step` };
  return {
    level: 'warning',
    message:
      needed === undefined
        ? `${address} does not report its min-replicas-to-write`
        : `${address} takes writes that no replica has: a failover loses them`,
    remedy: 'Add a replica, and set min-replicas-to-write to 1.',
  };
}
