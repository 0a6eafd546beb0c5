import { StoreError } from '@admit-one/core';
import { RejectionError, requestRejectionOf } from '@admit-one/runtime';

/** The rejection of any thrown value: the only place that maps errors to reasons. */
export function rejectionErrorOf(error: unknown): RejectionError {
  if (error instanceof StoreError)
    return new RejectionError(error.code === 'outbox_full' ? 'outbox_full' : 'store_unavailable', {
      cause: error,
    });
  return requestRejectionOf(error) ?? new RejectionError('internal', { cause: error });
}

/** An error handler of routes. */
export function throwRejection(error: unknown): never {
  throw rejectionErrorOf(error);
}
