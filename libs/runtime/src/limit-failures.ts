import { reasonRow } from '@admit-one/core';
import type { FailureLimit } from './failure-limit.ts';
import { RejectionError } from './http/rejection-error.ts';

/**
 * Authenticates a request, and counts it for the network of its client where that fails. Only failures are limited, so
 * nobody is locked out by others of the same network.
 * @param isFailure whether an error is the client's
 * @throws {RejectionError} `failure_rate` in place of a failure above the limit
 */
export async function limitFailures<Who>(
  limit: FailureLimit,
  address: string | null,
  authenticate: () => Promise<Who>,
  isFailure: (error: unknown) => boolean = isRejection,
): Promise<Who> {
  try {
    return await authenticate();
  } catch (error) {
    if (!isFailure(error)) throw error;
    const waitMs = limit.waitMs(address);
    if (waitMs > 0)
      throw new RejectionError('failure_rate', {
        retryAfterSeconds: waitMs / 1000,
        detail: `Too many requests of your network had no accepted token. The last one: ${causeOf(error)}`,
      });
    limit.count(address);
    throw error;
  }
}

function isRejection(error: unknown): boolean {
  return error instanceof RejectionError && reasonRow(error.reason).fault !== 'infrastructure';
}

function causeOf(error: unknown): string {
  if (error instanceof RejectionError) return error.detail ?? error.reason;
  return error instanceof Error ? error.message : String(error);
}
