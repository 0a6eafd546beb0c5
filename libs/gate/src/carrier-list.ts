import { type TicketCarrier, ticketCarriers } from './ticket-carriers.ts';

/** What is wrong with a list of carriers, each fault in words for an operator. */
export function carrierIssues(names: readonly string[]): readonly string[] {
  if (names.length === 0) return ['names no carrier'];
  if (new Set(names).size < names.length) return ['names a carrier twice'];
  return names
    .filter((name) => !isTicketCarrier(name))
    .map((name) => `${JSON.stringify(name)} is not one of ${ticketCarriers.join(', ')}`);
}

/** Whether a name is a carrier's. */
export function isTicketCarrier(name: string): name is TicketCarrier {
  return (ticketCarriers as readonly string[]).includes(name);
}
