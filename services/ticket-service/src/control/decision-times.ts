import { RejectionError } from '@admit-one/runtime';
import type { Commands } from '../commands/commands.ts';

/** The latest end of a decision, in milliseconds from now. */
const MAX_MS = 30 * 24 * 3_600_000;

/** When decisions end, in store time. */
export interface DecisionTimes {
  /**
   * @param expiresAt RFC 3339; by default the retention of revocations
   * @throws {RejectionError} where that is in the past, or more than 30 days away
   */
  endOf(expiresAt?: string): Promise<number>;
}

/** @param retentionMs longer than any accepted token lives */
export function createDecisionTimes(commands: Pick<Commands, 'now'>, retentionMs: number): DecisionTimes {
  return {
    async endOf(expiresAt) {
      const now = await commands.now();
      if (expiresAt === undefined) return now + retentionMs;
      const until = Date.parse(expiresAt);
      if (!(until > now) || until > now + MAX_MS)
        throw new RejectionError('request_invalid', {
          detail: 'expiresAt must be a time from now on, within 30 days.',
        });
      return until;
    },
  };
}
