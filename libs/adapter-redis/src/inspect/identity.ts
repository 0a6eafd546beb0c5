import type { Diagnostic } from '@admit-one/core';
import type { ServerFacts } from './server.ts';

const OLDEST_MAJOR_VERSION = 7;

/**
 * Which server it is: its version, its role, and whether the URL is of the right kind for it.
 * @param asCluster whether the URL is one of a cluster
 */
export function identityDiagnostics(
  { address, info }: ServerFacts,
  asCluster: boolean,
): readonly Diagnostic[] {
  return [versionDiagnostic(address, info('redis_version')), roleDiagnostic()];

  function roleDiagnostic(): Diagnostic {
    const role = info('role');
    if (role !== 'master')
      return {
        level: 'error',
        message: `${address} is a ${role}, and takes no writes`,
        remedy: 'Use the URL of the master, or a redis-sentinel:// URL.',
      };
    if (info('redis_mode') === 'cluster' && !asCluster)
      return {
        level: 'error',
        message: `${address} is a node of a cluster, and takes only its share of the writes`,
        remedy: 'Use a redis-cluster:// URL.',
      };
    return { level: 'ok', message: `${address} takes writes` };
  }
}

function versionDiagnostic(address: string, version: string): Diagnostic {
  return Number.parseInt(version, 10) >= OLDEST_MAJOR_VERSION
    ? { level: 'ok', message: `${address} answers, version ${version}` }
    : {
        level: 'error',
        message: `${address} has version ${version}`,
        remedy: 'Use Redis 7.0 or later, or Valkey: older versions do not reject a script before it starts.',
      };
}
