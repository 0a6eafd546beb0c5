import { StoreError } from '@admit-one/core';

/**
 * What the driver or the server said, as what the ports promise. Whatever it was, the outcome counts as unknown.
 *
 * The driver's error is not kept as the cause: it carries the command with its arguments, which do not belong in a log.
 */
export function unavailable(error: unknown): StoreError {
  const message = error instanceof Error ? error.message : String(error);
  return new StoreError('unavailable', `Redis: ${message}`);
}
