import type { Environment } from '@admit-one/client';
import { CommandError, exitCodes } from '../command-error.ts';
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
  const folder = base.pathname.endsWith('/') ? base : new URL(`${base.pathname}/`, base);
  const socket = new URL(route === undefined ? 'ws' : `ws/${route}`, folder);
  socket.protocol = socket.protocol.replace('http', 'ws');
  return {
    base,
    socket,
    token: new URL('api/v1/auth/token', folder),
    ticket: new URL('api/websocket/ticket', folder),
    status: new URL('api/websocket/ticket/status', folder),
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

/** A reply with an error status. */
export class ServerRejection extends CommandError {
  readonly status: number;
  readonly publicCode: string | undefined;

  constructor(message: string, status: number, publicCode: string | undefined) {
    super(message, exitCodes.failure);
    this.name = 'ServerRejection';
    this.status = status;
    this.publicCode = publicCode;
  }

  /** Whether the same request would be rejected again. */
  get isPermanent(): boolean {
    return this.status >= 400 && this.status < 500 && ![408, 425, 429].includes(this.status);
  }
}

/** @param body a problem document (RFC 9457) */
export function rejectionError(url: string, status: number, body: string): ServerRejection {
  const { code, detail, traceId } = membersOf(body);
  if (code === undefined)
    return new ServerRejection(
      `HTTP ${status} from ${url}, without a problem document. Check that --url is an Admit One server.`,
      status,
      undefined,
    );
  const trace = traceId === undefined ? '' : ` (traceId ${traceId})`;
  return new ServerRejection(`${code}: ${detail ?? `HTTP ${status}`}${trace}`, status, String(code));
}

/** A successful reply of another format. */
export function unexpectedReplyError(url: string): CommandError {
  return new CommandError(`The reply from ${url} is not from Admit One. Check --url.`, exitCodes.failure);
}

/** The members of a JSON object; empty for any other text. */
export function membersOf(body: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(body));
  } catch {
    return {};
  }
}

export function unreachableError(url: URL, error: unknown): CommandError {
  return new CommandError(explainUnreachable(url, error), exitCodes.failure, { cause: error });
}

export function timeoutError({ origin }: URL): CommandError {
  return new CommandError(
    `${origin} did not answer in time. Check that it is not overloaded, and that no firewall blocks it.`,
    exitCodes.failure,
  );
}

function explainUnreachable({ origin, hostname }: URL, error: unknown): string {
  const cause = rootCauseOf(error);
  switch (cause.code) {
    case 'ECONNREFUSED':
      return `Nothing listens at ${origin}. Start the server (npm start), or check --url.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The name ${hostname} cannot be resolved. Check --url.`;
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return `${origin} closed the connection without an answer. Check that --url is an Admit One server, and whether it needs https.`;
    default:
      return `${origin} cannot be reached: ${cause.message}`;
  }
}

/** `fetch` wraps the cause, and a connection attempt to several addresses wraps one error for each. */
function rootCauseOf(error: unknown): { code?: string; message?: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return rootCauseOf(error.errors[0]);
  if (error instanceof Error && error.cause !== undefined) return rootCauseOf(error.cause);
  return Object(error);
}
