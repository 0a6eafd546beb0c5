import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { httpRejectionOf, type Reason, reasonRow, rejectionBytes } from '@admit-one/core';
import { protocolOfRefusal } from '../choose-protocol.ts';
import { closeOf } from './close-of.ts';
import { closingResponse } from './refusal-bytes.ts';

/** How long a refused client may take to read the answer. */
const LINGER_MS = 1_000;
const MAX_LINGERING_BROWSERS = 500;

/** An upgrade request that nothing has answered yet. */
export interface UnansweredUpgrade {
  readonly request: Pick<IncomingMessage, 'headers'>;
  readonly socket: Duplex;
  /** Subprotocols offered. */
  readonly protocols: readonly string[];
  readonly trace: { readonly traceId: string };
}

/** Answers an upgrade. A detail takes the place of the public code's own text. */
export type Refuse = (upgrade: UnansweredUpgrade, reason: Reason, detail?: string) => void;

/**
 * Whether a refusal has to come as a close frame: a request with an `Origin` is a browser's, whose page cannot read an
 * HTTP status. Reasons that would make an outage look like success come by HTTP all the same.
 */
export function tellsByClose({ headers }: Pick<IncomingMessage, 'headers'>, reason: Reason): boolean {
  return headers.origin !== undefined && reasonRow(reason).toldToBrowsers;
}

/** Makes the answer to refused upgrades: one write with the FIN behind it. Browsers are told 500 at a time at most. */
export function createRefuser(): Refuse {
  let lingeringBrowsers = 0;

  return ({ request, socket, protocols, trace }, reason, detail) => {
    if (socket.destroyed) return;
    const key = request.headers['sec-websocket-key'];
    const byClose = tellsByClose(request, reason) && lingeringBrowsers < MAX_LINGERING_BROWSERS;
    if (!byClose || key === undefined)
      return endWith(
        socket,
        rejectionBytes(httpRejectionOf(reason, trace.traceId, { scheme: 'Ticket', detail })),
      );

    lingeringBrowsers += 1;
    socket.once('close', () => {
      lingeringBrowsers -= 1;
    });
    endWith(socket, closingResponse(key, protocolOfRefusal(protocols), closeOf(reason)));
  };
}

/** Writes the last bytes. What the client still sends is read and dropped: unread, it would reset them away. */
function endWith(socket: Duplex, bytes: Buffer): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.resume();
  socket.end(bytes);
}
