import { isReason, reasons } from '@admit-one/core';
import type { TicketStatus } from './requests.ts';

/** What the server tells a ticket's own session of a refusal, whose public code says as little as it may to strangers. */
export function whyRefused({ state, reason }: TicketStatus): string {
  if (reason !== null)
    return `the exact reason is ${reason}${isReason(reason) ? `: ${reasons[reason].meaning}` : ''}`;
  return state === 'issued'
    ? 'the ticket has not come to the ticket-service, where it is still good: does something on the way drop it (see --carrier)?'
    : `the ticket-service takes the ticket for ${state}`;
}
