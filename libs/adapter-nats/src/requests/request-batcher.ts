import { BusError, createDeadlines, type Expiring } from '@admit-one/core';
import type { Msg } from '@nats-io/nats-core';
import type { ReconnectingConnection } from '../connection/reconnecting-connection.ts';
import { toBusError } from '../errors.ts';
import { isTooBig } from '../too-big.ts';
import {
  type Addressed,
  decodeBody,
  ELEMENT_BYTES,
  encodeBody,
  encodeRequests,
  encodeShared,
  MAX_BATCH,
  MAX_BATCH_BYTES,
  replyAt,
} from './batch.ts';
import type { Asked, ReplyInbox } from './reply-inbox.ts';

/** Sends requests. Those of one turn of the event loop, and those that come while many are under way, go out together. */
export interface RequestBatcher {
  /** @throws {BusError} `no_responders`, `timeout`, `disconnected`, or `too_big` where the request or its reply is */
  request(subject: string, body: unknown, timeoutMs: number): Promise<unknown>;
}

/**
 * How long a request waits for those under way to be answered before it goes out all the same: less than a reply takes
 * where there is so much to do that waiting pays.
 */
const GATHER_MS = 10;

/** While so many are under way, others wait for their replies: a message costs the same with twice as many. */
const MANY_UNDER_WAY = 4;

/**
 * Where so many went out together, the next ones wait for others as long as the reply took: each process on its way is woken
 * up for each message.
 */
const BUSY_REQUESTS = 8;

/** How long requests to different subjects go out apart after nobody served the shared one: servers of an earlier version. */
const APART_MS = 30_000;

interface Pending extends Addressed, Expiring {
  /** The message that it went out in last. */
  message: SentMessage | undefined;
  isSettled: boolean;
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: BusError) => void;
}

/** A message, until it is answered or nobody waits for it any more. */
interface SentMessage {
  /** None when it has ended: old tables of the inbox keep it until the next collection of all garbage. */
  batch: readonly Pending[];
  readonly sentAt: number;
  /** How many of its requests are not past their deadline. */
  open: number;
  token: string | undefined;
}

/**
 * @param shared where requests to different subjects go out together; undefined where all are to one. Servers of an earlier
 * version don't serve it.
 */
export function createRequestBatcher(
  connection: ReconnectingConnection,
  inbox: ReplyInbox,
  shared: string | undefined,
): RequestBatcher {
  const deadlines = createDeadlines(expire);
  let waiting: Pending[] = [];
  /** Requests in messages that have not ended. */
  let underWay = 0;
  let later: NodeJS.Timeout | undefined;
  let apartUntil = 0;
  let busyUntil = 0;

  function enqueue(pending: Pending): void {
    waiting.push(pending);
    if (waiting.length > 1) return;
    if (underWay >= MANY_UNDER_WAY) later = setTimeout(sendWaiting, GATHER_MS);
    else sendSoon();
  }

  function sendSoon(): void {
    const busyMs = busyUntil - performance.now();
    if (busyMs <= 0) setImmediate(sendWaiting);
    else later = setTimeout(sendWaiting, busyMs);
  }

  function sendWaiting(): void {
    clearTimeout(later);
    const sending = waiting.filter(({ isSettled }) => !isSettled);
    waiting = [];
    sendAll(sending);
  }

  function sendAll(requests: readonly Pending[]): void {
    const groups = performance.now() < apartUntil ? bySubject(requests) : [requests];
    for (const group of groups) for (const batch of batchesOf(group, maxBatchBytes())) send(batch);
  }

  function maxBatchBytes(): number {
    const maxPayload = connection.connected ? connection.live().nc.info?.max_payload : undefined;
    return Math.min(MAX_BATCH_BYTES, maxPayload ?? MAX_BATCH_BYTES);
  }

  function send(batch: readonly [Pending, ...Pending[]]): void {
    const [{ subject: first }] = batch;
    const together = shared !== undefined && batch.some(({ subject }) => subject !== first);
    const subject = together ? shared : first;
    const texts = batch.map(({ text }) => text);
    const text = together ? encodeShared(batch) : encodeRequests(texts);
    const isBare = text === texts[0];
    const message: SentMessage = {
      batch,
      sentAt: performance.now(),
      open: batch.length,
      token: undefined,
    };
    for (const pending of batch) pending.message = message;
    underWay += batch.length;
    const asked: Asked = {
      subject,
      reply(reply) {
        takeReply(message.batch, reply, { subject, isBare });
        end(message);
      },
      fail(error) {
        if (together && error.code === 'no_responders') {
          apartUntil = performance.now() + APART_MS;
          sendAll(message.batch.filter(({ isSettled }) => !isSettled));
        } else for (const pending of message.batch) fail(pending, error);
        end(message);
      },
    };
    try {
      message.token = inbox.ask(asked, Buffer.from(text));
    } catch (error) {
      asked.fail(toBusError(error, `asking ${subject}`));
    }
  }

  function takeReply(
    batch: readonly Pending[],
    message: Msg,
    { subject, isBare }: { readonly subject: string; readonly isBare: boolean },
  ): void {
    let reply: unknown;
    try {
      if (isTooBig(message)) throw tooBig(subject);
      reply = decodeBody(message.data);
    } catch (error) {
      const failure = toBusError(error, `asking ${subject}`);
      for (const pending of batch) fail(pending, failure);
      return;
    }
    for (const [index, pending] of batch.entries()) {
      const element = isBare ? { reply } : replyAt(reply, index);
      if ('reply' in element) answer(pending, element.reply);
      else if ('tooBig' in element && batch.length === 1) fail(pending, tooBig(subject));
      else if (('tooBig' in element || 'notServed' in element) && !pending.isSettled) send([pending]);
    }
  }

  function answer(pending: Pending, reply: unknown): void {
    pending.isSettled = true;
    deadlines.delete(pending);
    pending.resolve(reply);
  }

  function fail(pending: Pending, error: BusError): void {
    pending.isSettled = true;
    deadlines.delete(pending);
    pending.reject(error);
  }

  function expire(pending: Pending): void {
    const { subject, message } = pending;
    fail(pending, new BusError('timeout', `asking ${subject}: no reply`));
    if (!message) return;
    message.open -= 1;
    if (message.open === 0) end(message);
  }

  function end(message: SentMessage): void {
    const { batch, sentAt, token } = message;
    if (batch.length === 0) return;
    message.batch = [];
    if (token !== undefined) inbox.forget(token);
    underWay -= batch.length;
    if (underWay >= MANY_UNDER_WAY) return;
    const now = performance.now();
    if (batch.length >= BUSY_REQUESTS) busyUntil = now + Math.min(GATHER_MS, now - sentAt);
    if (busyUntil <= now) sendWaiting();
    else if (waiting.length > 0) {
      clearTimeout(later);
      later = setTimeout(sendWaiting, busyUntil - now);
    }
  }

  return {
    request(subject, body, timeoutMs) {
      const text = encodeBody(body);
      return new Promise((resolve, reject) => {
        const endsAt = performance.now() + timeoutMs;
        const pending: Pending = {
          subject,
          text,
          endsAt,
          index: null,
          message: undefined,
          isSettled: false,
          resolve,
          reject,
        };
        deadlines.add(pending);
        enqueue(pending);
      });
    },
  };
}

function tooBig(subject: string): BusError {
  return new BusError('too_big', `asking ${subject}: the reply is above max_payload of NATS`);
}

function bySubject(requests: readonly Pending[]): Iterable<readonly Pending[]> {
  const groups = new Map<string, Pending[]>();
  for (const one of requests) {
    const group = groups.get(one.subject);
    if (group) group.push(one);
    else groups.set(one.subject, [one]);
  }
  return groups.values();
}

function batchesOf(
  pending: readonly Pending[],
  maxBytes: number,
): readonly (readonly [Pending, ...Pending[]])[] {
  const batches: [Pending, ...Pending[]][] = [];
  let batch: Pending[] | undefined;
  let bytes = 0;
  for (const one of pending) {
    const more = ELEMENT_BYTES + one.subject.length + Buffer.byteLength(one.text);
    if (!batch || batch.length === MAX_BATCH || bytes + more > maxBytes) {
      batch = [one];
      batches.push(batch as [Pending]);
      bytes = 2;
    } else batch.push(one);
    bytes += more;
  }
  return batches;
}
