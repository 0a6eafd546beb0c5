import type { TicketLimits } from '@admit-one/config';
import { type Principal, revocationSubjectsOf, type UsageCounter } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import { createUsageLimit, type UsageLimit } from './usage-limit.ts';

/** Counts a request of a principal. @throws {RejectionError} `issue_rate` where its session or user is above the limit */
export type LimitRequests = (principal: Principal) => Promise<void>;

/** Of requests that are limited each by itself: what is requested, and what to do instead. */
const requests = {
  tickets: 'A connection needs one: request it right before connecting, and wait between attempts.',
  renewals: 'Renew a connection once, shortly before it expires.',
  'status requests': 'Request the status of a ticket once, after its upgrade failed.',
  'log-outs': 'A log-out ends the session for good.',
} as const;

export function createIssueLimits(
  { ticketsPerSession, ticketsPerUser }: Pick<TicketLimits, 'ticketsPerSession' | 'ticketsPerUser'>,
  usage: UsageCounter,
  requested: keyof typeof requests = 'tickets',
): LimitRequests {
  const ofSession = createUsageLimit(ticketsPerSession, usage);
  const ofUser = createUsageLimit(ticketsPerUser, usage);
  const prefix = requested === 'tickets' ? '' : `${requested}:`;

  function checkWait(waitMs: number, limit: UsageLimit, whose: string): void {
    if (waitMs > 0)
      throw new RejectionError('issue_rate', {
        retryAfterSeconds: waitMs / 1000,
        detail: `${whose} has requested more than ${limit.perMinute} ${requested} in a minute. ${requests[requested]}`,
      });
  }

  return async (principal) => {
    const [session = '', user] = revocationSubjectsOf(principal);
    checkWait(await ofSession.take(prefix + session), ofSession, 'This session');
    if (user !== undefined) checkWait(await ofUser.take(prefix + user), ofUser, 'This user');
  };
}
