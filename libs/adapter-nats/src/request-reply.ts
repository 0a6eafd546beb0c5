import { BusError, type RequestReply, type Running } from '@admit-one/core';
import type { ReconnectingConnection } from './connection/reconnecting-connection.ts';
import { sharedSubjectOf } from './requests/batch.ts';
import { createReplyInbox } from './requests/reply-inbox.ts';
import { createRequestBatcher, type RequestBatcher } from './requests/request-batcher.ts';
import { createRequestServer, type RequestServerOptions } from './requests/request-server.ts';
import { assertPattern, assertSubject } from './subjects.ts';

const MAX_LINES = 1_000;

export interface NatsRequestReply extends RequestReply {
  /** Stops all servers, and fails the requests under way. */
  close(): Promise<void>;
}

export interface RequestReplyOptions extends RequestServerOptions {
  readonly connection: ReconnectingConnection;
  /** How the subjects of replies begin. */
  readonly inboxPrefix: string;
}

/**
 * Request and reply on core NATS. Servers come back with the connection. Under load, requests to one subject, or to several
 * that share one, are sent as one batch (`requests/request-batcher.ts`), which is answered as a whole when its last request is
 * handled.
 */
export function createRequestReply(options: RequestReplyOptions): NatsRequestReply {
  const { connection, inboxPrefix, onError } = options;
  const inbox = createReplyInbox(connection, inboxPrefix, onError);
  const server = createRequestServer(options);
  const servers = new Set<Running>();
  /** By the subjects of requests; those that share a subject have one. */
  const lines = new Map<string, RequestBatcher>();

  function lineTo(subject: string): RequestBatcher {
    const known = lines.get(subject);
    if (known) return known;
    assertSubject(subject);
    const shared = sharedSubjectOf(subject);
    const line =
      (shared === undefined ? undefined : lines.get(shared)) ??
      createRequestBatcher(connection, inbox, shared);
    // Instances come and go, and each has its own subjects. A forgotten line still answers what is under way.
    if (lines.size >= MAX_LINES) lines.clear();
    lines.set(subject, line);
    if (shared !== undefined) lines.set(shared, line);
    return line;
  }

  function serve(subject: string, handler: (body: unknown) => Promise<unknown>): Running {
    const running = server.serve(subject, handler);
    servers.add(running);
    return {
      async stop() {
        await running.stop();
        servers.delete(running);
      },
    };
  }

  return {
    request(subject, body, timeoutMs) {
      try {
        connection.live();
        return lineTo(subject).request(subject, body, timeoutMs);
      } catch (error) {
        return Promise.reject(error);
      }
    },
    async serve(subject, handler) {
      assertPattern(subject);
      if (connection.closed) throw new BusError('disconnected', 'the bus is closed');
      return serve(subject, handler);
    },
    async close() {
      await Promise.all([...servers].map((running) => running.stop()));
      inbox.close();
    },
  };
}
