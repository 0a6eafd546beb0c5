import { reasonRow } from '@admit-one/core';
import { type FailureLimit, RejectionError } from '@admit-one/runtime';

/**
 * Authenticates a request, and counts it for the network of its client where that fails. Only failures are limited, so
 * nobody is locked out by others of the same network.
 * @throws {RejectionError} `failure_rate` in place of a failure above the limit
 */
export async function limitFailures<Who>(
  limit: FailureLimit,
  address: string | null,
  authenticate: () => Promise<Who>,
): Promise<Who> {
  try {
    return await authenticate();
  } catch (error) {
    if (!(error instanceof RejectionError) || reasonRow(error.reason).fault === 'infrastructure') throw error;
    const waitMs = limit.waitMs(address);
    if (waitMs > 0)
      throw new RejectionError('failure_rate', {
        retryAfterSeconds: waitMs / 1000,
        detail: `Too many requests of your network had no accepted token. The last one: ${error.detail ?? error.reason}`,
      });
    limit.count(address);
    throw error;
  }
}
