import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { httpRejectionOf, rejectionBytes } from '@admit-one/core';
import type { Logger } from '../logging.ts';
import type { Telemetry } from '../telemetry.ts';

/** An error of Node's HTTP parser. */
interface ParserError extends Error {
  /** `HPE_…` of the parser, `ERR_HTTP_REQUEST_TIMEOUT` of the server, or of the socket. */
  readonly code?: string;
  /** The parser's words, always of a fixed vocabulary. */
  readonly reason?: string;
}

/** The largest request line and headers that are read, in bytes: room for the longest token that can be configured. */
export const MAX_HEADER_BYTES = 64 * 1024;

export type AnswerMalformed = (error: ParserError, socket: Duplex) => void;

const READABLE_BY_ALL = { 'Access-Control-Allow-Origin': '*' };

/** How long a client may take to read the answer. */
const LINGER_MS = 1_000;

/**
 * Answers bytes that are not a request, or not in time: a whole response with a problem document. It ends the
 * connection, since the start of the next request is unknown. The `Origin` is unknown too, so pages of any origin may read
 * the document; it says nothing but what is wrong with the bytes. Counted as `http_malformed_requests_total`.
 */
export function createAnswerMalformed({
  telemetry,
  log,
}: {
  readonly telemetry: Telemetry;
  readonly log: Logger;
}): AnswerMalformed {
  const counter = telemetry.meter.counter('http_malformed_requests_total');
  return (error, socket) => {
    if (!socket.writable) return;
    const { status, detail } = issueOf(error);
    const { traceId } = telemetry.startTrace();
    counter.add(1, { status: `${status}` });
    log.debug({ error: error.code, status, traceId }, 'http_request_malformed');
    const { headers, ...rejection } = httpRejectionOf('request_invalid', traceId, {
      scheme: 'Bearer',
      detail,
      status,
    });
    endWith(socket, rejectionBytes({ ...rejection, headers: { ...headers, ...READABLE_BY_ALL } }));
  };
}

interface MalformedRequest {
  readonly status: 400 | 408 | 431;
  readonly detail: string;
}

/** Has a server answer `CONNECT`, which Node leaves unanswered. */
export function rejectConnect(server: Server, answer: AnswerMalformed): void {
  server.on('connect', (_request, socket) => {
    socket.on('error', () => {});
    answer(
      Object.assign(new Error('CONNECT'), { reason: 'CONNECT is for proxies, and this is not a proxy' }),
      socket,
    );
  });
}

function issueOf({ code, reason }: ParserError): MalformedRequest {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        detail: `The request line and the headers are larger than ${MAX_HEADER_BYTES / 1024} KiB.`,
      };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, detail: 'The request took too long to arrive.' };
    default:
      return { status: 400, detail: `This is not a request of HTTP/1.1: ${reason ?? 'it broke off'}.` };
  }
}

/** Writes the last bytes. What the client still sends is read and dropped: unread, it would cause a reset. */
function endWith(socket: Duplex, bytes: Buffer): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
  socket.end(bytes);
}
