import type { Finding } from '@admit-one/core';
import type { ServerFacts } from './server.ts';

const OLDEST_MAJOR_VERSION = 7;

/**
 * Which server it is: its version, its role, and whether the URL is of the right kind for it.
 * @param asCluster whether the URL is one of a cluster
 */
export function identityFindings({ address, info }: ServerFacts, asCluster: boolean): readonly Finding[] {
  return [versionFinding(address, info('redis_version')), roleFinding()];

  function roleFinding(): Finding {
    const role = info('role');
    if (role !== 'master')
      return {
        level: 'fault',
        what: `${address} is a ${role}, and takes no writes`,
        remedy: 'give the URL of the master, or a redis-sentinel:// URL that finds it',
      };
    if (info('redis_mode') === 'cluster' && !asCluster)
      return {
        level: 'fault',
        what: `${address} is a node of a cluster, and takes only its share of the writes`,
        remedy: 'give a redis-cluster:// URL',
      };
    return { level: 'ok', what: `${address} takes writes` };
  }
}

function versionFinding(address: string, version: string): Finding {
  return Number.parseInt(version, 10) >= OLDEST_MAJOR_VERSION
    ? { level: 'ok', what: `${address} answers, version ${version}` }
    : {
        level: 'fault',
        what: `${address} has version ${version}`,
        remedy: 'use Redis 7.0 or later, or Valkey: older ones do not refuse a script before it starts',
      };
}
