import type { Duplex } from 'node:stream';
import { type PublicCode, type Reason, reasonRow } from '@admit-one/core';
import type { Attempt } from './attempt.ts';
import { protocolOfRefusal } from './choose-protocol.ts';
import { closeOf, closingResponse, problemResponse } from './refusal-bytes.ts';

/** What a browser must be told, for its client to stop or to get a fresh ticket. */
const TOLD_TO_BROWSERS: ReadonlySet<PublicCode> = new Set<PublicCode>([
  'ORIGIN_BLOCKED',
  'NOT_AUTHORIZED',
  'SESSION_REVOKED',
]);

/** How long a refused client may take to read the answer. */
const LINGER_MS = 1_000;
const MAX_LINGERING_BROWSERS = 500;

/** Answers an attempt that nothing has answered yet. A detail takes the place of the public code's own text. */
export type Refuse = (
  attempt: Pick<Attempt, 'request' | 'socket' | 'protocols' | 'trace'>,
  reason: Reason,
  detail?: string,
) => void;

/**
 * Makes the answer to refused upgrades: one write with the FIN behind it. A request with an `Origin` is a browser's,
 * whose page cannot read an HTTP status: what it must know comes as a close frame.
 */
export function createRefuser(): Refuse {
  let lingeringBrowsers = 0;

  return ({ request, socket, protocols, trace }, reason, detail) => {
    if (socket.destroyed) return;
    const { origin, 'sec-websocket-key': key } = request.headers;
    const tellBrowser =
      origin !== undefined &&
      TOLD_TO_BROWSERS.has(reasonRow(reason).code) &&
      lingeringBrowsers < MAX_LINGERING_BROWSERS;
    if (!tellBrowser || key === undefined)
      return endWith(socket, problemResponse(reason, trace.traceId, detail));

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
