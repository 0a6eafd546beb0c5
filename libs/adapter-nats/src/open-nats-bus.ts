import type { Bus, Diagnostic } from '@admit-one/core';
import { openConnection } from './connection/reconnecting-connection.ts';
import { connectionOptions, type NatsConnectionSettings } from './connection/settings.ts';
import { createDiscovery, type ServiceIdentity } from './discovery.ts';
import { createEventStream } from './events/event-stream.ts';
import type { StreamSettings } from './events/stream-config.ts';
import { createMessages } from './messages.ts';
import { createRequestReply, QUEUE } from './request-reply.ts';

export interface NatsBusOptions extends NatsConnectionSettings {
  readonly stream?: StreamSettings | undefined;
  /** How long to wait for the acknowledgement of a batch of events: 5 s by default. */
  readonly publishTimeoutMs?: number | undefined;
  /** Who answers NATS's service discovery; nobody where it is absent. */
  readonly service?: ServiceIdentity | undefined;
  /** Hears of a lost connection, of what handlers throw, and of all that may lose events; the bus itself goes on. */
  readonly onError: (error: unknown) => void;
  /** Hears of what in NATS is not as asked for, but loses nothing. */
  readonly onWarning: (diagnostic: Diagnostic) => void;
}

/**
 * Opens a bus on NATS and JetStream, whether NATS is there or not: away, every call fails at once as `disconnected`, while subscriptions,
 * servers and consumers begin when it comes, and go on when it comes back. When this resolves, the first attempt to
 * connect is over.
 * @throws {TypeError} where the URL is no NATS URL
 */
export async function openNatsBus(options: NatsBusOptions): Promise<Bus> {
  const { stream = {}, publishTimeoutMs = 5_000, service: identity, onError, onWarning } = options;
  const connection = await openConnection({ connection: connectionOptions(options), onError });
  const discovery = identity && createDiscovery({ connection, identity, queue: QUEUE, onError });
  const events = await createEventStream({ connection, stream, publishTimeoutMs, onError, onWarning });
  const requests = createRequestReply({ connection, discovery, onError });
  const messages = createMessages(connection, onError);

  return {
    events,
    requests,
    messages,
    get connected() {
      return connection.connected;
    },
    async close() {
      await Promise.all([events.close(), requests.close()]);
      await connection.close();
    },
  };
}
