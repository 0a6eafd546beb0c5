import { BusError, type RequestReply, type Running } from '@admit-one/core';
import type { Msg } from '@nats-io/nats-core';
import type { ReconnectingConnection } from './connection/reconnecting-connection.ts';
import { subscribe } from './connection/subscription.ts';
import type { Discovery } from './discovery.ts';
import { encodeBody, encodeReplies, MAX_BATCH } from './requests/batch.ts';
import { createRequestBatcher, type RequestBatcher } from './requests/request-batcher.ts';
import { assertPattern, assertSubject } from './subjects.ts';
import { respondTooBig } from './too-big.ts';

/** The queue group that the servers of a subject share, across processes. */
export const QUEUE = 'admit';

const MAX_LINES = 1_000;

export interface NatsRequestReply extends RequestReply {
  /** Stops all servers. */
  close(): Promise<void>;
}

export interface RequestReplyOptions {
  readonly connection: ReconnectingConnection;
  readonly discovery: Discovery | undefined;
  /** Called with the errors of handlers, and for requests that are not JSON. */
  readonly onError: (error: unknown) => void;
}

/**
 * Request and reply on core NATS. Servers come back with the connection. Under load, requests to one subject are
 * sent as one batch (`requests/request-batcher.ts`), which is answered as a whole when its last request is handled.
 */
export function createRequestReply({
  connection,
  discovery,
  onError,
}: RequestReplyOptions): NatsRequestReply {
  const servers = new Set<Running>();
  const maxReplyBytes = () => connection.live().nc.info?.max_payload ?? Number.POSITIVE_INFINITY;
  const lines = new Map<string, RequestBatcher>();

  function lineTo(subject: string): RequestBatcher {
    const known = lines.get(subject);
    if (known) return known;
    assertSubject(subject);
    const line = createRequestBatcher(connection, subject);
    // Instances come and go, and each has its own subjects. A forgotten line still answers what is under way.
    if (lines.size >= MAX_LINES) lines.clear();
    lines.set(subject, line);
    return line;
  }

  function start(subject: string, handler: (body: unknown) => Promise<unknown>): Running {
    const inHand = new Set<Promise<void>>();
    const endpoint = discovery?.add(subject);
    let stopping: Promise<void> | undefined;

    const subscription = subscribe({ connection, subject, queue: QUEUE, deliver: take, onError });

    function take(request: Msg): void {
      const answering = answer(request).finally(() => inHand.delete(answering));
      inHand.add(answering);
    }

    async function answer(request: Msg): Promise<void> {
      try {
        const body: unknown = request.json();
        const reply = Array.isArray(body) ? await replyToBatch(body) : await replyTo(body);
        if (reply === undefined) return;
        if (Buffer.byteLength(reply) <= maxReplyBytes()) request.respond(reply);
        else {
          respondTooBig(request);
          throw new BusError(
            'too_big',
            `a reply to ${subject} of ${reply.length} characters is above max_payload`,
          );
        }
      } catch (error) {
        endpoint?.count(0, asError(error));
        onError(asError(error));
      }
    }

    async function replyToBatch(bodies: readonly unknown[]): Promise<string | undefined> {
      if (bodies.length > MAX_BATCH) throw new RangeError(`${bodies.length} requests in one message`);
      const replies = await Promise.all(bodies.map(replyTo));
      return replies.some((reply) => reply !== undefined)
        ? encodeReplies(replies, maxReplyBytes())
        : undefined;
    }

    /** Nothing where the handler has thrown. */
    async function replyTo(body: unknown): Promise<string | undefined> {
      const startedAt = performance.now();
      try {
        const reply = encodeBody(await handler(body));
        endpoint?.count(performance.now() - startedAt);
        return reply;
      } catch (error) {
        endpoint?.count(performance.now() - startedAt, asError(error));
        onError(asError(error));
        return undefined;
      }
    }

    async function stop(): Promise<void> {
      await subscription.drain();
      await Promise.all(inHand);
      endpoint?.remove();
      servers.delete(running);
    }

    const running = {
      stop() {
        stopping ??= stop();
        return stopping;
      },
    };
    servers.add(running);
    return running;
  }

  return {
    async request(subject, body, timeoutMs) {
      connection.live();
      return lineTo(subject).request(body, timeoutMs);
    },
    async serve(subject, handler) {
      assertPattern(subject);
      if (connection.closed) throw new BusError('disconnected', 'the bus is closed');
      return start(subject, handler);
    },
    async close() {
      await Promise.all([...servers].map((server) => server.stop()));
    },
  };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
