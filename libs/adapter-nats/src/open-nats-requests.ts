import type { RequestReply } from '@admit-one/core';
import { openConnection } from './connection/reconnecting-connection.ts';
import { connectionOptions, inboxPrefixOf, type NatsConnectionSettings } from './connection/settings.ts';
import { createRequestReply } from './request-reply.ts';

export interface NatsRequestsOptions extends NatsConnectionSettings {
  /** Called for a lost connection, and for each error that keeps it from coming back. */
  readonly onError: (error: unknown) => void;
}

/** Request and reply on NATS, and nothing else. */
export interface NatsRequests {
  readonly requests: RequestReply;
  /** Whether NATS is connected now. */
  readonly connected: boolean;
  close(): Promise<void>;
}

/**
 * Opens request and reply, which is all that a gate needs, even if NATS is unavailable. Unlike `openNatsBus` it does not
 * use JetStream: a user who may publish to `admit.ticket.*` and subscribe to `_INBOX.<user>.>` is enough.
 * @throws {TypeError} if the URL is not a NATS URL
 */
export async function openNatsRequests(options: NatsRequestsOptions): Promise<NatsRequests> {
  const { onError } = options;
  const listeners = { onError, onUnreachable: onError, onReachable: () => {} };
  const connection = await openConnection({ connection: connectionOptions(options), ...listeners });
  const requests = createRequestReply({
    ...{ connection, discovery: undefined, onError },
    inboxPrefix: inboxPrefixOf(options),
  });
  return {
    requests,
    get connected() {
      return connection.connected;
    },
    async close() {
      await requests.close();
      await connection.close();
    },
  };
}
