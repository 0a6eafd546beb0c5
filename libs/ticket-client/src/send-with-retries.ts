import { setTimeout as pause } from 'node:timers/promises';
import { type Reason, reasonRow } from '@admit-one/core';
import type { RejectedReply, TicketReply } from './protocol.ts';

/**
 * One try's reply. `unanswered`: no usable reply came, and another try may get one. `unreachable`: no other try would.
 * @param endsAt when the budget ends, by the monotonic clock
 */
export type SendOnce = (endsAt: number) => Promise<TicketReply | 'unanswered' | 'unreachable'>;

const UNAVAILABLE: RejectedReply = {
  kind: 'rejected',
  now: null,
  reason: 'ticket_service_unavailable',
  recorded: false,
};
const FIRST_PAUSE_MS = 20;
const LAST_PAUSE_MS = 200;

/**
 * The retry rule for commands. A command without a reply is sent again until its budget is spent; one that is rejected for
 * a reason with `secondTry` is sent once more.
 */
export async function sendWithRetries(attempt: SendOnce, budgetMs: number): Promise<TicketReply> {
  const endsAt = performance.now() + budgetMs;
  const triedAgain = new Set<Reason>();
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS)) {
    const reply = await attempt(endsAt);
    if (reply === 'unreachable') return UNAVAILABLE;
    if (reply !== 'unanswered') {
      if (reply.kind === 'accepted' || !reasonRow(reply.reason).secondTry) return reply;
      if (triedAgain.has(reply.reason)) return reply;
      triedAgain.add(reply.reason);
    }
    if (performance.now() + pauseMs >= endsAt) return reply === 'unanswered' ? UNAVAILABLE : reply;
    await pause(pauseMs);
  }
}
