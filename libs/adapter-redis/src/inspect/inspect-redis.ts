import type { Diagnostic } from '@admit-one/core';
import { Cluster, type Redis } from 'ioredis';
import {
  connectClient,
  disconnectClient,
  mastersOf,
  onConnectionError,
  type RedisClient,
} from '../client/client.ts';
import { parseRedisUrl } from '../client/redis-url.ts';
import { unavailable } from '../errors.ts';
import { clockDiagnostic } from './clock.ts';
import { durabilityDiagnostics } from './durability.ts';
import { evictionDiagnostic } from './eviction.ts';
import { identityDiagnostics } from './identity.ts';
import { outboxDiagnostics } from './outbox-age.ts';
import { factsOf } from './server.ts';

export interface RedisInspectionOptions {
  /** Where Redis is: see `parseRedisUrl`. */
  readonly url: string;
  /** How long to wait for the connection, and then for each reply: 2 s by default. */
  readonly timeoutMs?: number;
}

/** Checks every server that takes writes: reachable, version, role, and settings that endanger tickets. Never throws. */
export async function inspectRedis(options: RedisInspectionOptions): Promise<readonly Diagnostic[]> {
  const { url, timeoutMs = 2_000 } = options;
  let client: RedisClient | undefined;
  try {
    client = connectClient(parseRedisUrl(url), timeoutMs);
    await connected(client, timeoutMs);
    const found = await Promise.all([
      ...mastersOf(client).map((redis) => findingsOf(redis, client instanceof Cluster)),
      // The other checks report a server that can't answer.
      outboxDiagnostics(client).catch(() => []),
    ]);
    return found.flat();
  } catch (error) {
    const remedy = 'Check that it is running, and the URL, user and password.';
    return [{ level: 'error', message: unavailable(error).message, remedy }];
  } finally {
    if (client) await disconnectClient(client);
  }
}

async function connected(client: RedisClient, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', () => resolve());
      onConnectionError(client, reject);
      timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    });
  } finally {
    clearTimeout(timer);
  }
}

async function findingsOf(redis: Redis, asCluster: boolean): Promise<readonly Diagnostic[]> {
  const facts = await factsOf(redis);
  return [
    ...identityDiagnostics(facts, asCluster),
    evictionDiagnostic(facts),
    ...(await durabilityDiagnostics(redis, facts)),
    await clockDiagnostic(redis),
  ];
}
