import type { Principal } from '@admit-one/core';
import { ANONYMOUS_ISSUER } from '@admit-one/identity';
import { RejectionError } from '@admit-one/runtime';
import type { Commands } from '../commands/commands.ts';

/** The latest end of a decision, in milliseconds from now. */
const MAX_MS = 30 * 24 * 3_600_000;

/** By how much tokens are accepted longer, and our clocks may differ. */
const CLOCK_TOLERANCE_MS = 120_000;

/** When decisions end, in store time. */
export interface DecisionTimes {
  /**
   * @param expiresAt RFC 3339; by default the retention of revocations
   * @throws {RejectionError} where that is in the past, or more than 30 days away
   */
  endOf(expiresAt?: string): Promise<number>;
  /** Of a log-out. An anonymous session has one token, and needs no log-out after that. */
  endOfLogOut(principal: Principal): Promise<number>;
}

/** @param retentionMs longer than any accepted token lives */
export function createDecisionTimes(commands: Pick<Commands, 'now'>, retentionMs: number): DecisionTimes {
  const byRetention = async () => (await commands.now()) + retentionMs;
  return {
    async endOfLogOut({ issuer, tokenExpiresAt }) {
      const end = await byRetention();
      if (issuer !== ANONYMOUS_ISSUER.alias || tokenExpiresAt === undefined) return end;
      return Math.min(end, tokenExpiresAt * 1000 + CLOCK_TOLERANCE_MS);
    },
    async endOf(expiresAt) {
      if (expiresAt === undefined) return byRetention();
      const now = await commands.now();
      const until = Date.parse(expiresAt);
      if (!(until > now) || until > now + MAX_MS)
        throw new RejectionError('request_invalid', {
          detail: 'expiresAt must be a time from now on, within 30 days.',
        });
      return until;
    },
  };
}
