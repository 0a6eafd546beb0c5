import type { Bus } from '@admit-one/core';
import type { ContractTests } from '../contract.ts';
import { unique } from '../sample-events.ts';

export type RequestReplyTests = ContractTests<{ readonly open: () => Promise<Bus> }>;

/** More time than any answer takes that comes at all. */
export const LONG_MS = 15_000;

/** A subject that no other test uses. */
export function uniqueSubject(): string {
  return `admit.contract.${unique('requests')}`;
}
