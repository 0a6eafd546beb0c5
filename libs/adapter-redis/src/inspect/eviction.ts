import type { Diagnostic } from '@admit-one/core';
import type { ServerFacts } from './server.ts';

const REMEDY =
  'Set maxmemory-policy to noeviction: other policies evict tickets and events when memory is low.';

/** Checks that a full server rejects writes instead of evicting keys. */
export function evictionDiagnostic({ address, info }: ServerFacts): Diagnostic {
  const policy = info('maxmemory_policy');
  if (policy === '')
    return { level: 'warning', message: `${address} does not report its maxmemory-policy`, remedy: REMEDY };
  const message = `${address} has the maxmemory-policy ${policy}`;
  return policy === 'noeviction' ? { level: 'ok', message } : { level: 'error', message, remedy: REMEDY };
}
