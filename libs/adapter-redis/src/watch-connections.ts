import type { Finding, StoreError } from '@admit-one/core';
import type { Redis } from 'ioredis';
import { askTimes } from './ask-times.ts';
import { onConnectionError, onReady, type RedisClient } from './client/client.ts';
import { unavailable } from './client/store-errors.ts';
import type { Engine } from './engine.ts';
import { evictionFinding } from './inspect/eviction.ts';
import { factsOf } from './inspect/server.ts';

export interface ConnectionListeners {
  readonly onFault?: (error: StoreError) => void;
  readonly onFinding?: (finding: Finding) => void;
}

const FIRST_CONTACT_MS = 1_000;

/**
 * Watches the connections for as long as there are any: begins the epochs that are due as soon as a server is there,
 * and looks at its settings. Resolves when that is done for the first time, or after a second.
 */
export function watchConnections(
  client: RedisClient,
  engine: Engine,
  { onFault = () => {}, onFinding = () => {} }: ConnectionListeners,
): Promise<void> {
  let away = false;
  onConnectionError(client, (error) => {
    if (!away) onFault(unavailable(error));
    away = true;
  });

  async function greet(server: Redis): Promise<void> {
    away = false;
    await Promise.all(askTimes(engine));
    const finding = evictionFinding(await factsOf(server));
    if (finding.level !== 'ok') onFinding(finding);
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
