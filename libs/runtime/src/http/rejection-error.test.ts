import { expect, it } from 'vitest';
import { RejectionError } from './rejection-error.ts';

it('a refusal says its reason to those who catch it', () => {
  const cause = new Error('the store is away');
  const refusal = new RejectionError('store_unavailable', { retryAfterSeconds: 2, cause });
  expect(refusal).toMatchObject({ reason: 'store_unavailable', retryAfterSeconds: 2, cause });
});
