import type { Environment } from '@admit-one/client';
import type { Narrator } from '../narrator.ts';
import type { Addresses } from './addresses.ts';
import type { ConnectErrors } from './connect-errors.ts';
import { membersOf, rejectionError, unexpectedReplyError, unreachableError } from './server-fault.ts';

/** What the client asks a server by HTTP. */
export interface Requests {
  /** For the client: tells what comes of its requests, and notes why there is no ticket. */
  readonly fetch: Environment['fetch'];
  /** What the server knows of the last ticket; null where it does not say. */
  readonly statusOfLastTicket: () => Promise<TicketStatus | null>;
}

export interface TicketStatus {
  readonly state: string;
  /** The exact reason of its last rejection. */
  readonly reason: string | null;
}

export interface RequestsOptions {
  readonly addresses: Addresses;
  readonly narrator: Narrator;
  readonly faults: ConnectErrors;
}

const STATUS_TIMEOUT_MS = 3_000;

export function createRequests({ addresses, narrator, faults }: RequestsOptions): Requests {
  let askStatus: (() => Promise<Response>) | undefined;

  async function observed(url: string, init: RequestInit): Promise<{ response: Response; body: string }> {
    const startedAt = performance.now();
    const response = await fetch(url, { ...init, redirect: 'manual' });
    const body = await response.clone().text();
    const tookMs = Math.round(performance.now() - startedAt);
    narrator.detail(`${init.method} ${url} answered ${response.status} in ${tookMs} ms`);
    return { response, body };
  }

  function tellTicket({ ok, status }: Response, body: string, { method, headers }: RequestInit): void {
    const { href } = addresses.ticket;
    const { ticket, ticketId, expiresInSeconds } = membersOf(body);
    if (!ok) faults.note(rejectionError(href, status, body));
    else if (typeof ticketId !== 'string') faults.note(unexpectedReplyError(href));
    else {
      narrator.say(`ticket ${ticketId} good for ${expiresInSeconds} s`);
      const request = { method, headers, body: JSON.stringify({ ticket }) };
      askStatus = () =>
        fetch(addresses.status, { ...request, signal: AbortSignal.timeout(STATUS_TIMEOUT_MS) });
    }
  }

  return {
    async fetch(url, init) {
      const isTicket = url === addresses.ticket.href;
      try {
        const { response, body } = await observed(url, init);
        if (isTicket) tellTicket(response, body, init);
        return response;
      } catch (error) {
        if (isTicket && !init.signal?.aborted) faults.note(unreachableError(addresses.base, error));
        throw error;
      }
    },
    async statusOfLastTicket() {
      try {
        const { state, lastRejection } = membersOf((await (await askStatus?.())?.text()) ?? '');
        const { reason } = Object(lastRejection);
        return typeof state === 'string'
          ? { state, reason: typeof reason === 'string' ? reason : null }
          : null;
      } catch {
        return null;
      }
    },
  };
}
