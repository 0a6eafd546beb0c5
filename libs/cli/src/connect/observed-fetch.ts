import type { Environment } from '@admit-one/client';
import type { Narrator } from '../narrator.ts';
import type { Addresses } from './addresses.ts';
import type { Faults } from './faults.ts';
import { membersOf, refusalFault, strangeReplyFault, unreachableFault } from './server-fault.ts';

export interface ObservedFetchOptions {
  readonly addresses: Addresses;
  readonly narrator: Narrator;
  readonly faults: Faults;
}

/** A `fetch` for the client that tells what comes of its requests, and notes why there is no ticket. */
export function createObservedFetch({
  addresses,
  narrator,
  faults,
}: ObservedFetchOptions): Environment['fetch'] {
  function tellTicket(status: number, body: string): void {
    const { ticketId, expiresInSeconds } = membersOf(body);
    if (status < 200 || status > 299) faults.note(refusalFault(addresses.ticket.href, status, body));
    else if (typeof ticketId !== 'string') faults.note(strangeReplyFault(addresses.ticket.href));
    else narrator.say(`ticket ${ticketId} good for ${expiresInSeconds} s`);
  }

  return async (url, init) => {
    const startedAt = performance.now();
    const isTicket = url === addresses.ticket.href;
    try {
      const response = await fetch(url, { ...init, redirect: 'manual' });
      const body = await response.clone().text();
      const tookMs = Math.round(performance.now() - startedAt);
      narrator.detail(`${init.method} ${url} answered ${response.status} in ${tookMs} ms`);
      if (isTicket) tellTicket(response.status, body);
      return response;
    } catch (error) {
      if (isTicket && !init.signal?.aborted) faults.note(unreachableFault(addresses.base, error));
      throw error;
    }
  };
}
