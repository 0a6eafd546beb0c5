import { setTimeout as pause } from 'node:timers/promises';
import { type Reason, reasonRow } from '@admit-one/core';
import type { RejectedReply, TicketReply } from './protocol.ts';

/** The times of one try, by the monotonic clock. */
export interface TryTimes {
  /** The command's deadline: later than this, it must not be carried out. */
  readonly decideBy: number;
  /** When the budget ends. Between `decideBy` and this, only replies are awaited. */
  readonly endsAt: number;
  /** How long the pause before the next try is, in milliseconds. */
  readonly pauseMs: number;
}

/** One try's reply. `unanswered`: no usable reply came, and another try may get one. `unreachable`: no other try would. */
export type SendOnce = (times: TryTimes) => Promise<TicketReply | 'unanswered' | 'unreachable'>;

const UNAVAILABLE: RejectedReply = {
  kind: 'rejected',
  now: null,
  reason: 'ticket_service_unavailable',
  recorded: false,
};
const FIRST_PAUSE_MS = 20;
const LAST_PAUSE_MS = 200;

/**
 * The share of a budget in which a command may be carried out. The rest is for replies: a sender that stops waiting while its
 * command is still decided would record a second rejection.
 */
const DECIDING_SHARE = 0.75;

/**
 * The retry rule for commands. A command without a reply is sent again until three quarters of its budget are spent; one
 * that is rejected for a reason with `secondTry` is sent once more.
 */
export async function sendWithRetries(attempt: SendOnce, budgetMs: number): Promise<TicketReply> {
  const startedAt = performance.now();
  const decideBy = startedAt + budgetMs * DECIDING_SHARE;
  const endsAt = startedAt + budgetMs;
  const triedAgain: Reason[] = [];
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS)) {
    const reply = await attempt({ decideBy, endsAt, pauseMs });
    if (reply === 'unreachable') return UNAVAILABLE;
    if (reply !== 'unanswered') {
      if (reply.kind === 'accepted' || !reasonRow(reply.reason).secondTry) return reply;
      if (triedAgain.includes(reply.reason)) return reply;
      triedAgain.push(reply.reason);
    }
    if (performance.now() + pauseMs >= decideBy) return reply === 'unanswered' ? UNAVAILABLE : reply;
    await pause(pauseMs);
  }
}
