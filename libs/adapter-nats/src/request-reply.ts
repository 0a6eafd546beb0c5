import { BusError, type RequestReply, type Running } from '@admit-one/core';
import type { Msg } from '@nats-io/nats-core';
import type { Link } from './connection/link.ts';
import { subscribe } from './connection/subscription.ts';
import type { Discovery } from './discovery.ts';
import { toBusError } from './errors.ts';
import { checkPattern, checkSubject } from './subjects.ts';

/** The queue group that the servers of a subject share, whatever process they are in. */
export const QUEUE = 'admit';

export interface NatsRequestReply extends RequestReply {
  /** Stops all servers. */
  close(): Promise<void>;
}

export interface RequestReplyOptions {
  readonly link: Link;
  readonly discovery: Discovery | undefined;
  /** Hears of what handlers throw, and of requests that are not JSON. */
  readonly onFault: (error: unknown) => void;
}

/** Makes request and reply on core NATS. A server is there again when NATS is. */
export function createRequestReply({ link, discovery, onFault }: RequestReplyOptions): NatsRequestReply {
  const servers = new Set<Running>();

  function start(subject: string, handler: (body: unknown) => Promise<unknown>): Running {
    const inHand = new Set<Promise<void>>();
    const endpoint = discovery?.add(subject);
    let stopping: Promise<void> | undefined;

    const subscription = subscribe({ link, subject, queue: QUEUE, deliver: take, onFault });

    function take(request: Msg): void {
      const answering = answer(request).finally(() => inHand.delete(answering));
      inHand.add(answering);
    }

    async function answer(request: Msg): Promise<void> {
      const startedAt = performance.now();
      const error = await reply(request).catch(asError);
      endpoint?.count(performance.now() - startedAt, error);
      if (error) onFault(error);
    }

    async function reply(request: Msg): Promise<void> {
      request.respond(encode(await handler(request.json())));
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
      checkSubject(subject);
      const { nc } = link.live();
      try {
        const reply = await nc.request(subject, encode(body), { timeout: Math.max(1, timeoutMs) });
        return reply.json();
      } catch (error) {
        throw toBusError(error, `asking ${subject}`);
      }
    },
    async serve(subject, handler) {
      checkPattern(subject);
      if (link.closed) throw new BusError('disconnected', 'the bus is closed');
      return start(subject, handler);
    },
    async close() {
      await Promise.all([...servers].map((server) => server.stop()));
    },
  };
}

/** A JSON value as text; what JSON cannot say is null. */
function encode(body: unknown): string {
  return JSON.stringify(body) ?? 'null';
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
