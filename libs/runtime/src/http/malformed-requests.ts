import { type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROBLEM_TYPE, type Problem, problemOf } from '@admit-one/core';
import type { Logger } from '../logging.ts';
import type { Telemetry } from '../telemetry.ts';
import type { InvalidRequest } from './invalid-requests.ts';

/** What Node's HTTP parser says of bytes that are no request. */
interface ParserError extends Error {
  /** `HPE_…` of the parser, `ERR_HTTP_REQUEST_TIMEOUT` of the server, or of the socket. */
  readonly code?: string;
  /** The parser's words, always of a fixed vocabulary. */
  readonly reason?: string;
}

export type AnswerMalformed = (error: ParserError, socket: Duplex) => void;

/** How long a client may take to read the answer. */
const LINGER_MS = 1_000;

/**
 * Makes the answer to bytes that are no request, or none in time: a whole response with a problem document, and the end
 * of the connection, since nobody can tell where the next request would begin.
 */
export function createAnswerMalformed({
  telemetry,
  log,
}: {
  readonly telemetry: Telemetry;
  readonly log: Logger;
}): AnswerMalformed {
  return (error, socket) => {
    if (!socket.writable) return;
    const { status, detail } = faultOf(error);
    const { traceId } = telemetry.startTrace(undefined);
    log.debug({ fault: error.code, status, traceId }, 'http_request_malformed');
    endWith(socket, problemBytes(problemOf('request_invalid', traceId, { detail, status })));
  };
}

/** Has a server answer `CONNECT` too, which nothing else would. */
export function rejectConnect(server: Server, answer: AnswerMalformed): void {
  server.on('connect', (_request, socket) => {
    socket.on('error', () => {});
    answer(
      Object.assign(new Error('CONNECT'), { reason: 'CONNECT is for proxies, and this is none' }),
      socket,
    );
  });
}

function faultOf({ code, reason }: ParserError): InvalidRequest {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, detail: 'The request line and the headers are larger than 16 KiB.' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, detail: 'The request took too long to arrive.' };
    default:
      return { status: 400, detail: `This is not a request of HTTP/1.1: ${reason ?? 'it broke off'}.` };
  }
}

function problemBytes(problem: Problem): string {
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Connection: close',
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}

/** Writes the last bytes. What the client still sends is read and dropped: unread, it would reset them away. */
function endWith(socket: Duplex, bytes: string): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
  socket.end(bytes);
}
