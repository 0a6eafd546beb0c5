import type { Finding } from '@admit-one/core';
import type { Redis } from 'ioredis';
import { addressOf, settingOf } from './server.ts';

const REMEDY = 'set maxmemory-policy to noeviction: any other drops tickets and events when memory is short';

/** Whether the server would rather refuse writes than drop what it holds. */
export async function evictionFinding(redis: Redis): Promise<Finding> {
  const policy = await settingOf(redis, 'maxmemory-policy');
  const where = addressOf(redis);
  if (policy === undefined)
    return { level: 'warning', what: `${where} does not tell its maxmemory-policy`, remedy: REMEDY };
  const what = `${where} has the maxmemory-policy ${policy}`;
  return policy === 'noeviction' ? { level: 'ok', what } : { level: 'fault', what, remedy: REMEDY };
}
