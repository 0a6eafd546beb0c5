import type { Msg } from '@nats-io/nats-core';
import { beforeEach, expect, it, vi } from 'vitest';
import type { ReconnectingConnection } from '../connection/reconnecting-connection.ts';
import type { Asked } from './reply-inbox.ts';
import { createRequestBatcher } from './request-batcher.ts';

beforeEach(() => {
  vi.useFakeTimers();
  return () => void vi.useRealTimers();
});

const EMPTY = { data: Buffer.from('[]') } as unknown as Msg;

/** A batcher, and the messages that it has sent. */
function start() {
  const sent: Asked[] = [];
  const inbox = { ask: (asked: Asked) => `${sent.push(asked)}`, forget() {}, close() {} };
  const connection = { connected: false } as ReconnectingConnection;
  const { request } = createRequestBatcher(connection, inbox, undefined);
  const ask = (count: number) =>
    Array.from({ length: count }, () => request('subject', {}, 60_000).catch(() => {}));
  return { ask, sent };
}

it.each([
  { what: 'one', together: 1, replyMs: 4, gatherMs: 0 },
  { what: 'few', together: 7, replyMs: 4, gatherMs: 0 },
  { what: 'many', together: 8, replyMs: 4, gatherMs: 4 },
  { what: 'many that were slow', together: 64, replyMs: 500, gatherMs: 10 },
])(
  'gathers as long as the reply took, 10 ms at most, after $what',
  async ({ together, replyMs, gatherMs }) => {
    const { ask, sent } = start();
    ask(together);
    await vi.advanceTimersByTimeAsync(replyMs);
    sent[0]?.reply(EMPTY);
    ask(1);
    await vi.advanceTimersByTimeAsync(Math.max(0, gatherMs - 1));
    expect(sent).toHaveLength(gatherMs === 0 ? 2 : 1);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toHaveLength(2);
  },
);

it.each([
  { underWay: 3, sentAtOnce: 2 },
  { underWay: 4, sentAtOnce: 1 },
])(
  'with $underWay under way, waits for their replies: $sentAtOnce messages',
  async ({ underWay, sentAtOnce }) => {
    const { ask, sent } = start();
    ask(underWay);
    await vi.advanceTimersByTimeAsync(0);
    ask(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toHaveLength(sentAtOnce);
    sent[0]?.reply(EMPTY);
    expect(sent).toHaveLength(2);
  },
);
