import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { httpRejectionOf, type Reason, reasonRow, rejectionBytes } from '@admit-one/core';
import type { Rejection } from '@admit-one/ticket-client';
import { protocolOfRejection } from '../handshake/choose-protocol.ts';
import type { HandshakeContext } from '../handshake/handshake-context.ts';
import { closeOf } from './close-of.ts';
import { closingBytes } from './closing-bytes.ts';

/** How long a rejected client may take to read the answer. */
const LINGER_MS = 1_000;
const MAX_LINGERING_BROWSERS = 500;

/**
 * Whether a rejection is answered by a close frame: a request with an `Origin` is a browser's, and its page cannot read
 * an HTTP status. Reasons whose 101 would make an outage look like success are answered by HTTP.
 */
export function isToldByClose({ origin }: IncomingHttpHeaders, reason: Reason): boolean {
  return origin !== undefined && reasonRow(reason).toldToBrowsers;
}

/**
 * Answers rejected upgrades that have no answer yet: one write, with the FIN behind it. At most 500 browsers at a time
 * get a close frame; the others get the HTTP status.
 */
export function createUpgradeAnswerer() {
  let lingeringBrowsers = 0;

  return function answerUpgrade(
    socket: Duplex,
    { headers, protocols, trace }: Pick<HandshakeContext, 'headers' | 'protocols' | 'trace'>,
    { reason, detail, retryAfterSeconds }: Pick<Rejection, 'reason' | 'detail' | 'retryAfterSeconds'>,
  ): void {
    if (socket.destroyed) return;
    const key = headers['sec-websocket-key'];
    const byClose = isToldByClose(headers, reason) && lingeringBrowsers < MAX_LINGERING_BROWSERS;
    if (!byClose || key === undefined) {
      const rejection = httpRejectionOf(reason, trace.traceId, {
        scheme: 'Ticket',
        detail,
        retryAfterSeconds,
      });
      endWith(socket, rejectionBytes(rejection));
      return;
    }

    lingeringBrowsers += 1;
    socket.once('close', () => {
      lingeringBrowsers -= 1;
    });
    endWith(socket, closingBytes(key, protocolOfRejection(protocols), closeOf(reason)));
  };
}

/** Writes the last bytes. What the client still sends is read and dropped: unread, it would cause a reset. */
function endWith(socket: Duplex, bytes: Buffer): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
  socket.end(bytes);
}
