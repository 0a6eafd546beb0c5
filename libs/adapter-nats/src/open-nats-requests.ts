import type { RequestReply } from '@admit-one/core';
import { openConnection } from './connection/reconnecting-connection.ts';
import { connectionOptions, type NatsConnectionSettings } from './connection/settings.ts';
import { createRequestReply } from './request-reply.ts';

export interface NatsRequestsOptions extends NatsConnectionSettings {
  /** Hears of a lost connection, and of why it does not come back. */
  readonly onError: (error: unknown) => void;
}

/** Request and reply on NATS, and nothing else. */
export interface NatsRequests {
  readonly requests: RequestReply;
  /** Whether NATS is in reach now. */
  readonly connected: boolean;
  close(): Promise<void>;
}

/**
 * Opens what a gate needs of NATS, whether NATS is there or not. Unlike `openNatsBus` it neither needs nor touches
 * JetStream: a user who may publish to `admit.ticket.*` and subscribe to `_INBOX.>` is enough.
 * @throws {TypeError} where the URL is no NATS URL
 */
export async function openNatsRequests(options: NatsRequestsOptions): Promise<NatsRequests> {
  const { onError } = options;
  const connection = await openConnection({ connection: connectionOptions(options), onError });
  const requests = createRequestReply({ connection, discovery: undefined, onError });
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
