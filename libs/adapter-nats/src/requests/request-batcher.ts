import { BusError } from '@admit-one/core';
import type { ReconnectingConnection } from '../connection/reconnecting-connection.ts';
import { toBusError } from '../errors.ts';
import { encodeBody, encodeRequests, MAX_BATCH, MAX_BATCH_LENGTH, replyAt } from './batch.ts';

/** Requests to one subject. Those of one turn of the event loop, and those that come while others are under way, go out together. */
export interface RequestBatcher {
  /** @throws {BusError} `no_responders`, `timeout` or `disconnected` */
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
    for (const batch of batchesOf(sending)) void send(batch);
  }

  async function send(batch: readonly Pending[]): Promise<void> {
    underWay += 1;
    try {
      const texts = batch.map(({ text }) => text);
      const message = encodeRequests(texts);
      const timeout = Math.max(1, Math.max(...batch.map(({ endsAt }) => endsAt)) - performance.now());
      const reply: unknown = (await connection.live().nc.request(subject, message, { timeout })).json();
      const isBare = message === texts[0];
      batch.forEach((pending, index) => {
        const answer = isBare ? { reply } : replyAt(reply, index);
        if ('reply' in answer) pending.answer(answer.reply);
      });
    } catch (error) {
      const failure = toBusError(error, `asking ${subject}`);
      for (const pending of batch) pending.fail(failure);
    } finally {
      underWay -= 1;
      if (underWay === 0 && waiting.length > 0) sendAll();
    }
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

function batchesOf(pending: readonly Pending[]): readonly (readonly Pending[])[] {
  const batches: Pending[][] = [];
  let batch: Pending[] = [];
  let length = 0;
  for (const one of pending) {
    if (batch.length === 0 || batch.length === MAX_BATCH || length + one.text.length > MAX_BATCH_LENGTH) {
      batch = [];
      batches.push(batch);
      length = 0;
    }
    batch.push(one);
    length += one.text.length;
  }
  return batches;
}
