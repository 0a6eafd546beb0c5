import { StoreError } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';

/** The rejection of any thrown value: the only place that maps errors to reasons. */
export function rejectionErrorOf(error: unknown): RejectionError {
  if (error instanceof RejectionError) return error;
  if (error instanceof StoreError)
    return new RejectionError(error.code === 'outbox_full' ? 'outbox_full' : 'store_unavailable', {
      cause: error,
    });
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (status === 413) return new RejectionError('message_too_big');
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new RejectionError('request_invalid');
  return new RejectionError('internal', { cause: error });
}

/** An error handler of routes: errors of the store become rejections, those of the framework keep their detail. */
export function throwRejection(error: unknown): never {
  const rejection = rejectionErrorOf(error);
  throw rejection.cause === undefined ? error : rejection;
}
