import { BusError } from '@admit-one/core';
import type { ReconnectingConnection } from '../connection/reconnecting-connection.ts';
import { toBusError } from '../errors.ts';
import { isTooBig } from '../too-big.ts';
import { encodeBody, encodeRequests, MAX_BATCH, MAX_BATCH_BYTES, replyAt } from './batch.ts';

/** Requests to one subject. Those of one turn of the event loop, and those that come while others are under way, go out together. */
export interface RequestBatcher {
  /** @throws {BusError} `no_responders`, `timeout`, `disconnected`, or `too_big` where the request or its reply is */
  request(body: unknown, timeoutMs: number): Promise<unknown>;
}

/**
 * How long a request waits for those under way to be answered before it goes out all the same: less than a reply takes
 * where there is so much to do that waiting pays.
 */
const GATHER_MS = 10;

interface Pending {
  readonly text: string;
  readonly endsAt: number;
  answer(reply: unknown): void;
  fail(error: unknown): void;
}

/** Makes the line to a subject. It holds nothing that would have to be closed. */
export function createRequestBatcher(connection: ReconnectingConnection, subject: string): RequestBatcher {
  let waiting: Pending[] = [];
  let underWay = 0;
  let later: NodeJS.Timeout | undefined;

  function enqueue(pending: Pending): void {
    waiting.push(pending);
    if (waiting.length > 1) return;
    if (underWay === 0) setImmediate(sendAll);
    else later = setTimeout(sendAll, GATHER_MS);
  }

  function sendAll(): void {
    clearTimeout(later);
    const sending = waiting;
    waiting = [];
    for (const batch of batchesOf(sending, maxBatchBytes())) void send(batch);
  }

  function maxBatchBytes(): number {
    const maxPayload = connection.connected ? connection.live().nc.info?.max_payload : undefined;
    return Math.min(MAX_BATCH_BYTES, maxPayload ?? MAX_BATCH_BYTES);
  }

  async function send(batch: readonly Pending[]): Promise<void> {
    underWay += 1;
    try {
      const texts = batch.map(({ text }) => text);
      const message = encodeRequests(texts);
      const timeout = Math.max(1, Math.max(...batch.map(({ endsAt }) => endsAt)) - performance.now());
      const answer = await connection.live().nc.request(subject, message, { timeout });
      if (isTooBig(answer)) throw tooBig();
      const reply: unknown = answer.json();
      const isBare = message === texts[0];
      batch.forEach((pending, index) => {
        const answer = isBare ? { reply } : replyAt(reply, index);
        if ('reply' in answer) pending.answer(answer.reply);
        else if ('tooBig' in answer && batch.length === 1) pending.fail(tooBig());
        else if ('tooBig' in answer) void send([pending]);
      });
    } catch (error) {
      const failure = toBusError(error, `asking ${subject}`);
      for (const pending of batch) pending.fail(failure);
    } finally {
      underWay -= 1;
      if (underWay === 0 && waiting.length > 0) sendAll();
    }
  }

  function tooBig(): BusError {
    return new BusError('too_big', `asking ${subject}: the reply is above max_payload of NATS`);
  }

  return {
    request(body, timeoutMs) {
      const text = encodeBody(body);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new BusError('timeout', `asking ${subject}: no reply`)),
          timeoutMs,
        );
        enqueue({
          text,
          endsAt: performance.now() + timeoutMs,
          answer(reply) {
            clearTimeout(timer);
            resolve(reply);
          },
          fail(error) {
            clearTimeout(timer);
            reject(error);
          },
        });
      });
    },
  };
}

function batchesOf(pending: readonly Pending[], maxBytes: number): readonly (readonly Pending[])[] {
  const batches: Pending[][] = [];
  let batch: Pending[] = [];
  let bytes = 0;
  for (const one of pending) {
    const more = Buffer.byteLength(one.text) + 1;
    if (batch.length === 0 || batch.length === MAX_BATCH || bytes + more > maxBytes) {
      batch = [];
      batches.push(batch);
      bytes = 1;
    }
    batch.push(one);
    bytes += more;
  }
  return batches;
}
