import type { Bus, Diagnostic } from '@admit-one/core';
import { openConnection, type ReconnectingConnection } from './connection/reconnecting-connection.ts';
import { connectionOptions, inboxPrefixOf, type NatsConnectionSettings } from './connection/settings.ts';
import { createDiscovery, type ServiceIdentity } from './discovery.ts';
import { createEventStream } from './events/event-stream.ts';
import type { StreamSettings } from './events/stream-config.ts';
import { createMessages } from './messages.ts';
import { createRequestReply } from './request-reply.ts';
import { QUEUE } from './requests/request-server.ts';

export interface NatsBusOptions extends NatsConnectionSettings {
  readonly stream?: StreamSettings | undefined;
  /** How long to wait for the acknowledgement of a batch of events: 5 s by default. */
  readonly publishTimeoutMs?: number | undefined;
  /** The description for NATS's service discovery, which is not answered without it. */
  readonly service?: ServiceIdentity | undefined;
  /**
   * Gives messages a second connection, so that a reservation never waits behind what applications send. For
   * services that bridge.
   */
  readonly bridges?: boolean | undefined;
  /** Called for errors of handlers of requests and messages, and anything that may lose events. The bus itself continues. */
  readonly onError: (error: unknown) => void;
  /** Called for a lost connection, and for what keeps it from coming back; by default, `onError` is. */
  readonly onUnreachable?: ((error: unknown) => void) | undefined;
  /** Called when all connections are there, also again. */
  readonly onReachable?: (() => void) | undefined;
  /** Called for NATS settings that differ from the wanted ones; level `error` where that may lose events. */
  readonly onDiagnostic: (diagnostic: Diagnostic) => void;
}

/**
 * Opens a bus on NATS and JetStream, even if NATS is unavailable. Until it is back, every call fails at once as
 * `disconnected`; subscriptions, servers and consumers start when it is reachable and continue after a reconnect. Resolves
 * after the first attempt to connect.
 * @throws {TypeError} if the URL is not a NATS URL
 */
export async function openNatsBus(options: NatsBusOptions): Promise<Bus> {
  const { stream = {}, publishTimeoutMs = 5_000, service: identity, bridges } = options;
  const { onError, onDiagnostic, onUnreachable = onError, onReachable = () => {} } = options;
  const settings = connectionOptions(options);
  const names = [options.name, ...(bridges ? [`${options.name} messages`] : [])];
  const connections: ReconnectingConnection[] = [];
  const isConnected = () =>
    connections.length === names.length && connections.every(({ connected }) => connected);
  const onOneReachable = () => {
    if (isConnected()) onReachable();
  };
  for (const name of names) {
    const listeners = { onError, onUnreachable, onReachable: onOneReachable };
    connections.push(await openConnection({ connection: { ...settings, name }, ...listeners }));
  }
  onOneReachable();
  const [connection, ofMessages = connection] = connections as [
    ReconnectingConnection,
    ReconnectingConnection?,
  ];
  const discovery = identity && createDiscovery({ connection, identity, queue: QUEUE, onError });
  const events = await createEventStream({ connection, stream, publishTimeoutMs, onError, onDiagnostic });
  const requests = createRequestReply({
    ...{ connection, discovery, onError },
    inboxPrefix: inboxPrefixOf(options),
  });
  const messages = createMessages(ofMessages, onError);

  return {
    events,
    requests,
    messages,
    shared: true,
    get connected() {
      return isConnected();
    },
    async close() {
      await Promise.all([events.close(), requests.close()]);
      await Promise.all([connection.close(), ofMessages.close()]);
    },
  };
}
