import { StoreError } from '@admit-one/core';

/**
 * Translates an error of the driver or the server. The command's outcome is unknown.
 *
 * The driver's error is not kept as the cause: it carries the command with its arguments, which must not be logged.
 */
export function unavailable(error: unknown): StoreError {
  const message = error instanceof Error ? error.message : String(error);
  return new StoreError('unavailable', `Redis: ${message}`);
}
