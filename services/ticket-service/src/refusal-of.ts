import { StoreError } from '@admit-one/core';
import { TokenError, tokenRefusalOf } from '@admit-one/identity';
import { Refusal } from '@admit-one/runtime';

/** Translates whatever was thrown into a refusal: the only place that knows which error means which reason. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof StoreError)
    return new Refusal(error.code === 'outbox_full' ? 'outbox_full' : 'store_unavailable', { cause: error });
  if (error instanceof TokenError) {
    const { reason, ...told } = tokenRefusalOf(error, 'JWT');
    return new Refusal(reason, told);
  }
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (status === 413) return new Refusal('message_too_big');
  if (typeof status === 'number' && status >= 400 && status < 500) return new Refusal('request_invalid');
  return new Refusal('internal', { cause: error });
}
