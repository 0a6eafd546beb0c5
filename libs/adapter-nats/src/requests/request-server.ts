import { BusError, type Running } from '@admit-one/core';
import type { Msg } from '@nats-io/nats-core';
import type { ReconnectingConnection } from '../connection/reconnecting-connection.ts';
import { type RestoredSubscription, subscribe } from '../connection/subscription.ts';
import type { Discovery, ServiceEndpoint } from '../discovery.ts';
import { respondTooBig } from '../too-big.ts';
import {
  decodeBody,
  encodeBody,
  encodeReplies,
  MAX_BATCH,
  notServed,
  type ReplyText,
  readShared,
  sharedSubjectOf,
} from './batch.ts';

/** The queue group that the servers of a subject share, across processes. */
export const QUEUE = 'admit';

export interface RequestServerOptions {
  readonly connection: ReconnectingConnection;
  readonly discovery: Discovery | undefined;
  /** Called with the errors of handlers, and for requests that are not JSON. */
  readonly onError: (error: unknown) => void;
}

export type Handler = (body: unknown) => Promise<unknown>;

/** One subject with its handler. */
interface Served {
  readonly subject: string;
  readonly handler: Handler;
  readonly endpoint: ServiceEndpoint | undefined;
  /** How many requests are being answered. */
  inHand: number;
  /** Called when there are none. */
  onIdle: () => void;
}

/** A request, and who handles it; undefined where this process doesn't serve it. */
interface Task {
  readonly served: Served | undefined;
  readonly body: unknown;
}

/** Serves subjects until each is stopped. A message of several requests is answered when the last one is handled. */
export function createRequestServer({ connection, discovery, onError }: RequestServerOptions) {
  /** By subject, those that share another one. */
  const sharing = new Map<string, Served[]>();
  const sharedSubjects = new Map<string, RestoredSubscription>();

  function serve(subject: string, handler: Handler): Running {
    const served: Served = {
      ...{ subject, handler, endpoint: discovery?.add(subject), inHand: 0 },
      onIdle() {},
    };
    const taskOf = (body: unknown): Task => ({ served, body });
    const deliver = (request: Msg) => take(request, taskOf, served.endpoint);
    const subscription = subscribe({ connection, subject, queue: QUEUE, deliver, onError });
    const shared = sharedSubjectOf(subject);
    if (shared !== undefined) share(shared, served);
    let stopping: Promise<void> | undefined;

    async function stop(): Promise<void> {
      const last = shared === undefined ? undefined : unshare(shared, served);
      await Promise.all([subscription.drain(), last?.drain()]);
      if (served.inHand > 0)
        await new Promise<void>((resolve) => {
          served.onIdle = resolve;
        });
      served.endpoint?.remove();
    }

    return {
      stop() {
        stopping ??= stop();
        return stopping;
      },
    };
  }

  function share(shared: string, served: Served): void {
    const others = sharing.get(served.subject);
    if (others) others.push(served);
    else sharing.set(served.subject, [served]);
    if (sharedSubjects.has(shared)) return;
    const deliver = (request: Msg) => take(request, sharedTaskOf);
    sharedSubjects.set(shared, subscribe({ connection, subject: shared, queue: QUEUE, deliver, onError }));
  }

  /** Returns the subscription to the shared subject if no other subject that shares it is served. */
  function unshare(shared: string, served: Served): RestoredSubscription | undefined {
    const others = sharing.get(served.subject)?.filter((one) => one !== served) ?? [];
    if (others.length > 0) sharing.set(served.subject, others);
    else sharing.delete(served.subject);
    if ([...sharing.keys()].some((subject) => sharedSubjectOf(subject) === shared)) return undefined;
    const subscription = sharedSubjects.get(shared);
    sharedSubjects.delete(shared);
    return subscription;
  }

  /** @throws {TypeError} */
  function sharedTaskOf(element: unknown): Task {
    const { subject, body } = readShared(element);
    return { served: sharing.get(subject)?.[0], body };
  }

  function take(request: Msg, taskOf: (body: unknown) => Task, endpoint?: ServiceEndpoint): void {
    try {
      const body = decodeBody(request.data);
      if (!Array.isArray(body)) answer(request, [taskOf(body)], encodeOnly);
      else if (body.length > MAX_BATCH) throw new RangeError(`${body.length} requests in one message`);
      else answer(request, body.map(taskOf), encodeAll);
    } catch (error) {
      endpoint?.count(0, asError(error));
      onError(asError(error));
    }
  }

  function answer(request: Msg, tasks: readonly Task[], encode: typeof encodeAll): void {
    const startedAt = performance.now();
    const replies = new Array<ReplyText>(tasks.length);
    let left = tasks.length;

    function done(): void {
      left -= 1;
      if (left > 0) return;
      try {
        respond(request, encode(replies));
      } catch (error) {
        tasks[0]?.served?.endpoint?.count(0, asError(error));
        onError(asError(error));
      }
      for (const { served } of tasks) if (served) release(served);
    }

    for (const [n, { served, body }] of tasks.entries()) {
      if (served) served.inHand += 1;
      handle(
        served,
        body,
        (reply) => {
          replies[n] = reply;
          done();
        },
        startedAt,
      );
    }
  }

  /** Calls back with the reply as JSON, or nothing where the handler has thrown. */
  function handle(
    served: Served | undefined,
    body: unknown,
    onReply: (reply: ReplyText) => void,
    startedAt: number,
  ): void {
    if (!served) {
      onReply(notServed);
      return;
    }
    const { handler, endpoint } = served;
    const failed = (error: unknown) => {
      endpoint?.count(performance.now() - startedAt, asError(error));
      onError(asError(error));
      onReply(undefined);
    };
    const handled = (reply: unknown) => {
      let text: string;
      try {
        text = encodeBody(reply);
      } catch (error) {
        failed(error);
        return;
      }
      endpoint?.count(performance.now() - startedAt);
      onReply(text);
    };
    try {
      handler(body).then(handled, failed);
    } catch (error) {
      failed(error);
    }
  }

  /** Nothing where no request has a reply. */
  function encodeAll(replies: readonly ReplyText[]): string | undefined {
    return replies.some((reply) => reply !== undefined) ? encodeReplies(replies, maxReplyBytes()) : undefined;
  }

  function maxReplyBytes(): number {
    return connection.live().nc.info?.max_payload ?? Number.POSITIVE_INFINITY;
  }

  function release(served: Served): void {
    served.inHand -= 1;
    if (served.inHand === 0) served.onIdle();
  }

  function respond(request: Msg, reply: string | undefined): void {
    if (reply === undefined) return;
    const bytes = Buffer.from(reply);
    if (bytes.byteLength <= maxReplyBytes()) request.respond(bytes);
    else {
      respondTooBig(request);
      const to = request.subject;
      throw new BusError('too_big', `a reply to ${to} of ${bytes.byteLength} bytes is above max_payload`);
    }
  }

  return { serve };
}

function encodeOnly([reply]: readonly ReplyText[]): string | undefined {
  return typeof reply === 'string' ? reply : undefined;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}
