import type { Finding } from '@admit-one/core';
import type { ServerFacts } from './server.ts';

const REMEDY = 'set maxmemory-policy to noeviction: any other drops tickets and events when memory is short';

/** Whether the server would rather refuse writes than drop what it holds. */
export function evictionFinding({ address, info }: ServerFacts): Finding {
  const policy = info('maxmemory_policy');
  if (policy === '')
    return { level: 'warning', what: `${address} does not tell its maxmemory-policy`, remedy: REMEDY };
  const what = `${address} has the maxmemory-policy ${policy}`;
  return policy === 'noeviction' ? { level: 'ok', what } : { level: 'fault', what, remedy: REMEDY };
}
