import { type AdmitSocket, connect as connectClient } from '@admit-one/client';
import { CommandError, type ExitCode, exitCodes } from '../command-error.ts';
import { ServerRejection, timeoutError } from '../http/http-errors.ts';
import { createProgress, type Progress, type Terminal } from '../terminal.ts';
import { createClientSockets } from './client-socket.ts';
import { messagePrinter, sendLines, untilOpen } from './lines.ts';
import {
  type CloseInfo,
  describeClose,
  describeLoss,
  describeStatus,
  isClean,
  meaningOf,
} from './messages.ts';
import { createServerRequests, type LastError, serverUrls } from './server-requests.ts';
import { createTokenSource, type UserToken } from './token.ts';

/** When to retry: never, after a connection was lost, or from the first attempt on. */
export type RetryPolicy = 'never' | 'once-connected' | 'always';

export interface ConnectOptions {
  readonly url: URL;
  /** Undefined: start an anonymous session. */
  readonly userToken: UserToken | undefined;
  readonly route?: string;
  readonly carrier: 'subprotocol' | 'query';
  readonly origin?: string;
  readonly retry: RetryPolicy;
  readonly lingerMs: number;
  readonly verbose?: boolean;
}

/** Gets a token and a ticket, connects, sends lines and prints messages until either side closes. */
export async function connect(options: ConnectOptions, terminal: Terminal): Promise<ExitCode> {
  const { url: base, userToken, route, carrier, origin, retry, lingerMs, verbose } = options;
  const { stdin, stdout, stderr, interrupted } = terminal;
  const progress = createProgress(stderr, { verbose });
  const lastError: LastError = { current: undefined };
  const urls = serverUrls(base, route);
  const { fetch, statusOfLastTicket } = createServerRequests(urls, progress, lastError);
  const onMessage = messagePrinter(stdout);
  const { WebSocket, lastClose } = createClientSockets({ urls, origin, progress, lastError, onMessage });
  const socket = connectClient({
    url: urls.socket,
    ticketUrl: urls.ticket,
    ...(route !== undefined && { route }),
    carrier,
    reconnect: retry !== 'never',
    getToken: createTokenSource({ userToken, urls, fetch, progress, lastError }),
    environment: { fetch, WebSocket },
  });
  const stopped = new AbortController();
  const ended = untilStopped(socket, { base, retry, progress, lastError }).finally(() => stopped.abort());
  const over = AbortSignal.any([interrupted, stopped.signal]);

  await untilOpen(socket, over);
  if (stdin.isTTY && !over.aborted) progress.info('each line you type is sent as a message; Ctrl-D ends');
  await sendLines({ socket, stdin, lingerMs, over });
  const byUs = socket.state === 'open';
  socket.close(1000);

  const last = await ended;
  const end: End = byUs ? { kind: 'closed', ...(await lastClose()) } : last;
  const { lines, publicCode, exitCode } = outcomeOf(end, byUs, interrupted);
  for (const line of lines) progress.info(line);
  const status = publicCode === 'NOT_AUTHORIZED' ? await statusOfLastTicket() : null;
  if (status) progress.info(describeStatus(status));
  return exitCode;
}

interface Outcome {
  readonly lines: readonly string[];
  readonly publicCode: string | undefined;
  readonly exitCode: ExitCode;
}

function outcomeOf(end: End, byUs: boolean, interrupted: AbortSignal): Outcome {
  if (end.kind === 'closed') {
    const close = { ...end, byUs };
    return {
      lines: describeClose(close),
      publicCode: end.reason,
      exitCode: isClean(close) ? exitCodes.success : exitCodes.failure,
    };
  }
  const { error } = end;
  if (interrupted.aborted)
    return { lines: ['Interrupted.'], publicCode: undefined, exitCode: exitCodes.failure };
  const publicCode = error instanceof ServerRejection ? error.publicCode : undefined;
  return { lines: [error.message], publicCode, exitCode: error.exitCode };
}

/** How the command ended: with a connection, or with an attempt to connect. */
type End =
  | ({ readonly kind: 'closed' } & Omit<CloseInfo, 'byUs'>)
  | { readonly kind: 'failed'; readonly error: CommandError };

interface WatchOptions {
  readonly base: URL;
  readonly retry: RetryPolicy;
  readonly progress: Progress;
  readonly lastError: LastError;
}

/** Reports lost connections and retries. Resolves when the client stops. */
function untilStopped(socket: AdmitSocket, options: WatchOptions): Promise<End> {
  const { base, retry, progress, lastError } = options;
  let wasConnected = false;
  let isOpen = false;
  let error: CommandError | undefined;

  function reportRetry(): void {
    const seconds = Math.max(0, (socket.nextRetryAt ?? 0) - Date.now()) / 1000;
    progress.info(`retrying in ${seconds.toFixed(1)} s, with a fresh ticket`);
  }

  function attemptFailed(): void {
    const former = error?.message;
    error = errorOf(socket, base, lastError);
    if (socket.state === 'stopped') return;
    if (retry === 'once-connected' && !wasConnected) {
      queueMicrotask(() => socket.close());
      return;
    }
    if (error.message !== former) progress.info(error.message);
    reportRetry();
  }

  return new Promise((resolve) => {
    socket.addEventListener('open', () => {
      wasConnected = true;
      isOpen = true;
      error = undefined;
    });
    socket.addEventListener('statechange', ({ detail: { state, reason } }) => {
      const failed = state === 'waiting' || (state === 'stopped' && reason !== 'CLOSED');
      if (failed && !isOpen) attemptFailed();
    });
    socket.addEventListener('close', ({ code, reason }) => {
      const wasOpen = isOpen;
      isOpen = false;
      if (socket.state === 'stopped')
        return resolve(
          wasOpen ? { kind: 'closed', code, reason } : { kind: 'failed', error: error ?? noConnection() },
        );
      for (const line of describeLoss({ code, reason, byUs: false })) progress.info(line);
      reportRetry();
    });
  });
}

function noConnection(): CommandError {
  return new CommandError('Ended without a connection.', exitCodes.failure);
}

function errorOf({ reason }: AdmitSocket, base: URL, lastError: LastError): CommandError {
  if (reason === 'TIMEOUT') return timeoutError(base);
  if (lastError.current) return lastError.current;
  const meaning = meaningOf(reason ?? '') || 'The connection failed.';
  return new CommandError(`${reason}: ${meaning}`, exitCodes.failure);
}
