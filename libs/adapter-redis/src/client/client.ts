import { coalesceWrites } from '@admit-one/sockets';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisTarget } from './redis-url.ts';

export type RedisClient = Redis | Cluster;

const MAX_RECONNECT_DELAY_MS = 500;

/** Exponential up to the maximum, with 50 % jitter, so that instances do not reconnect together. */
function reconnectDelay(times: number): number {
  const most = Math.min(50 * 2 ** Math.min(times, 10), MAX_RECONNECT_DELAY_MS);
  return most / 2 + Math.random() * (most / 2);
}

/**
 * Nothing is queued while there is no connection, nothing is sent twice, nothing waits for longer than the timeout.
 * A silent connection is closed: it may be half-open, and commands queued in it would run late.
 *
 * Auto-pipelining stays off. It delays commands while a batch is in flight, so that a silent server costs two timeouts,
 * and it was slower in a measurement with many concurrent calls. Writes are coalesced instead, which delays nothing.
 */
function settingsOf({ tls, username, password }: RedisTarget, commandTimeoutMs: number) {
  return {
    username,
    password,
    tls: tls ? {} : undefined,
    commandTimeout: commandTimeoutMs,
    socketTimeout: 2 * commandTimeoutMs,
    connectTimeout: 2 * commandTimeoutMs,
    disconnectTimeout: commandTimeoutMs,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    disableClientInfo: true,
    maxLoadingRetryTime: MAX_RECONNECT_DELAY_MS,
    reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? 1 : false),
  } satisfies RedisOptions;
}

/**
 * Starts to connect, and retries until it is disconnected.
 *
 * With Sentinels, ioredis 6.0.0 ends a client for good where its failover detector disconnects it while it connects, as it
 * does after the death of a master. Such an end is followed by a new connection.
 */
export function connectClient(target: RedisTarget, commandTimeoutMs: number): RedisClient {
  const client = openClient(target, commandTimeoutMs);
  if (target.kind === 'sentinel') client.on('end', () => client.connect().catch(() => {}));
  const gather = (server: Redis) => server.on('connect', () => coalesceWrites(server.stream));
  if (client instanceof Redis) gather(client);
  else client.on('+node', gather);
  return client;
}

function openClient(target: RedisTarget, commandTimeoutMs: number): RedisClient {
  const settings = settingsOf(target, commandTimeoutMs);
  const steady = { ...settings, enableOfflineQueue: false, retryStrategy: reconnectDelay };
  switch (target.kind) {
    case 'node':
      return new Redis({ ...steady, ...target.node, db: target.database });
    case 'sentinel':
      return new Redis({
        ...steady,
        sentinels: [...target.sentinels],
        name: target.master,
        enableTLSForSentinelMode: target.tls,
        sentinelCommandTimeout: commandTimeoutMs,
        sentinelRetryStrategy: reconnectDelay,
        failoverDetector: true,
      });
    case 'cluster':
      return new Cluster([...target.nodes], {
        redisOptions: settings,
        enableOfflineQueue: false,
        clusterRetryStrategy: reconnectDelay,
        retryDelayOnFailover: 0,
        slotsRefreshTimeout: commandTimeoutMs,
      });
    default:
      return target satisfies never;
  }
}

/** The servers that take writes. */
export function mastersOf(client: RedisClient): readonly Redis[] {
  return client instanceof Cluster ? client.nodes('master') : [client];
}

/** Calls back each time a server becomes able to take commands. */
export function onReady(client: RedisClient, listener: (server: Redis) => void): void {
  if (client instanceof Redis) {
    client.on('ready', () => listener(client));
    return;
  }
  client.on('+node', (node: Redis) =>
    node.on('ready', () => {
      if (client.status === 'ready') listener(node);
    }),
  );
  client.on('ready', () => {
    for (const node of client.nodes('master')) {
      if (node.status === 'ready') listener(node);
      if (node.status === 'wait') node.connect().catch(() => {});
    }
  });
}

/** Calls back with the errors of connections. */
export function onConnectionError(client: RedisClient, listener: (error: Error) => void): void {
  client.on('error', listener);
  if (client instanceof Cluster) client.on('node error', listener);
}

/** Ends the connections. Commands in flight still get their replies, within the timeout of a command. */
export async function disconnectClient(client: RedisClient): Promise<void> {
  const connected = client.status === 'ready';
  client.removeAllListeners('end');
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
  client.disconnect();
  if (connected) await ended;
}
