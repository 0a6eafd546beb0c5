import type { TicketLimits } from '@admit-one/config';
import { type Principal, sessionSubject, type UsageCounter, userSubject } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import { createUsageLimit, type UsageLimit } from './usage-limit.ts';

/** Counts a ticket of a principal. @throws {RejectionError} `issue_rate` where its session or user is above the limit */
export type LimitIssue = (principal: Principal) => Promise<void>;

export function createIssueLimits(
  { ticketsPerSession, ticketsPerUser }: Pick<TicketLimits, 'ticketsPerSession' | 'ticketsPerUser'>,
  usage: UsageCounter,
): LimitIssue {
  const ofSession = createUsageLimit(ticketsPerSession, usage);
  const ofUser = createUsageLimit(ticketsPerUser, usage);

  async function take(limit: UsageLimit, subject: string, whose: string): Promise<void> {
    const waitMs = await limit.take(subject);
    if (waitMs > 0)
      throw new RejectionError('issue_rate', {
        retryAfterSeconds: waitMs / 1000,
        detail: `${whose} has requested more than ${limit.perMinute} tickets in a minute. A connection needs one: request it right before connecting, and wait between attempts.`,
      });
  }

  return async ({ issuer, session, user }) => {
    await take(ofSession, sessionSubject(issuer, session), 'This session');
    if (user !== null) await take(ofUser, userSubject(issuer, user), 'This user');
  };
}
