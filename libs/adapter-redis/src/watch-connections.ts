import type { Diagnostic, StoreError } from '@admit-one/core';
import type { Redis } from 'ioredis';
import { onConnectionError, onReady, type RedisClient } from './client/client.ts';
import { unavailable } from './errors.ts';
import { evictionDiagnostic } from './inspect/eviction.ts';
import { factsOf } from './inspect/server.ts';
import { readTimes } from './read-times.ts';
import type { RedisStoreCore } from './store-core.ts';

export interface ConnectionListeners {
  readonly onUnreachable?: (error: StoreError) => void;
  readonly onReachable?: () => void;
  readonly onDiagnostic?: (diagnostic: Diagnostic) => void;
}

const FIRST_CONTACT_MS = 1_000;

/**
 * On each connect, begins the epochs that are due and checks the settings of the server. Resolves when that is done for
 * the first time, or after a second.
 */
export function watchConnections(
  client: RedisClient,
  engine: RedisStoreCore,
  { onUnreachable = () => {}, onReachable = () => {}, onDiagnostic = () => {} }: ConnectionListeners,
): Promise<void> {
  let away = false;
  onConnectionError(client, (error) => {
    if (!away) onUnreachable(unavailable(error));
    away = true;
  });

  async function greet(server: Redis): Promise<void> {
    away = false;
    await Promise.all(readTimes(engine));
    onReachable();
    const diagnostic = evictionDiagnostic(await factsOf(server));
    if (diagnostic.level !== 'ok') onDiagnostic(diagnostic);
  }

  return new Promise((resolve) => {
    const timer = setTimeout(resolve, FIRST_CONTACT_MS);
    const over = () => {
      clearTimeout(timer);
      resolve();
    };
    // This fails if a server is unavailable again or, in a cluster, another one is not connected yet: its own connect follows.
    onReady(client, (server) => greet(server).then(over, () => {}));
  });
}
