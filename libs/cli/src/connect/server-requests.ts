import type { Environment } from '@admit-one/client';
import type { CommandError } from '../command-error.ts';
import { urlBelow } from '../http/base-url.ts';
import { rejectionError, unexpectedReplyError, unreachableError } from '../http/http-errors.ts';
import { membersOf } from '../json-members.ts';
import type { Progress } from '../terminal.ts';
import type { TicketStatusReply } from './messages.ts';

/** The URLs of a server. */
export interface ServerUrls {
  /** The value of `--url`; its path is the prefix of all others. */
  readonly base: URL;
  /** The route, without a ticket. */
  readonly socket: URL;
  readonly token: URL;
  readonly ticket: URL;
  readonly status: URL;
}

export function serverUrls(base: URL, route: string | undefined): ServerUrls {
  const socket = urlBelow(base, route === undefined ? 'ws' : `ws/${route}`);
  socket.protocol = socket.protocol.replace('http', 'ws');
  return {
    base,
    socket,
    token: urlBelow(base, 'api/v1/auth/token'),
    ticket: urlBelow(base, 'api/websocket/ticket'),
    status: urlBelow(base, 'api/websocket/ticket/status'),
  };
}

/** The last error of connecting, with its text: the client itself reports codes only. */
export interface LastError {
  current: CommandError | undefined;
}

/** The client's HTTP requests. */
export interface ServerRequests {
  /** Reports progress, and keeps why there is no ticket as the last error. */
  readonly fetch: Environment['fetch'];
  /** Null where the server does not say. */
  readonly statusOfLastTicket: () => Promise<TicketStatusReply | null>;
}

const STATUS_TIMEOUT_MS = 3_000;

export function createServerRequests(
  urls: ServerUrls,
  progress: Progress,
  lastError: LastError,
): ServerRequests {
  let requestStatus: (() => Promise<Response>) | undefined;

  async function timed(url: string, init: RequestInit): Promise<{ response: Response; body: string }> {
    const startedAt = performance.now();
    const response = await fetch(url, { ...init, redirect: 'manual' });
    const body = await response.clone().text();
    const tookMs = Math.round(performance.now() - startedAt);
    progress.debug(`${init.method} ${url} answered ${response.status} in ${tookMs} ms`);
    return { response, body };
  }

  function readTicket({ ok, status }: Response, body: string, { method, headers }: RequestInit): void {
    const { href } = urls.ticket;
    const { ticket, ticketId, expiresInSeconds } = membersOf(body);
    if (!ok) lastError.current = rejectionError(href, status, body);
    else if (typeof ticketId !== 'string') lastError.current = unexpectedReplyError(href);
    else {
      progress.info(`ticket ${ticketId}, valid for ${expiresInSeconds} s`);
      const request = { method, headers, body: JSON.stringify({ ticket }) };
      requestStatus = () =>
        fetch(urls.status, { ...request, signal: AbortSignal.timeout(STATUS_TIMEOUT_MS) });
    }
  }

  return {
    async fetch(url, init) {
      const isTicket = url === urls.ticket.href;
      try {
        const { response, body } = await timed(url, init);
        if (isTicket) readTicket(response, body, init);
        return response;
      } catch (error) {
        if (isTicket && !init.signal?.aborted) lastError.current = unreachableError(urls.base, error);
        throw error;
      }
    },
    async statusOfLastTicket() {
      try {
        const { state, lastRejection } = membersOf((await (await requestStatus?.())?.text()) ?? '');
        const { reason } = Object(lastRejection);
        if (typeof state !== 'string') return null;
        return { state, reason: typeof reason === 'string' ? reason : null };
      } catch {
        return null;
      }
    },
  };
}
