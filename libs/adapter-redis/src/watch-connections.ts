import type { Diagnostic, StoreError } from '@admit-one/core';
import type { Redis } from 'ioredis';
import { onConnectionError, onReady, type RedisClient } from './client/client.ts';
import { unavailable } from './errors.ts';
import { evictionDiagnostic } from './inspect/eviction.ts';
import { factsOf } from './inspect/server.ts';
import { readTimes } from './read-times.ts';
import type { RedisStoreCore } from './store-core.ts';

export interface ConnectionListeners {
  readonly onError?: (error: StoreError) => void;
  readonly onDiagnostic?: (diagnostic: Diagnostic) => void;
}

const FIRST_CONTACT_MS = 1_000;

/**
 * Watches the connections for as long as there are any: begins the epochs that are due as soon as a server is there,
 * and looks at its settings. Resolves when that is done for the first time, or after a second.
 */
export function watchConnections(
  client: RedisClient,
  engine: RedisStoreCore,
  { onError = () => {}, onDiagnostic = () => {} }: ConnectionListeners,
): Promise<void> {
  let away = false;
  onConnectionError(client, (error) => {
    if (!away) onError(unavailable(error));
    away = true;
  });

  async function greet(server: Redis): Promise<void> {
    away = false;
    await Promise.all(readTimes(engine));
    const diagnostic = evictionDiagnostic(await factsOf(server));
    if (diagnostic.level !== 'ok') onDiagnostic(diagnostic);
  }

  return new Promise((resolve) => {
    const timer = setTimeout(resolve, FIRST_CONTACT_MS);
    const over = () => {
      clearTimeout(timer);
      resolve();
    };
    // Where a greeting fails, a server is away again or, in a cluster, another one not there yet: its own will follow.
    onReady(client, (server) => greet(server).then(over, () => {}));
  });
}
