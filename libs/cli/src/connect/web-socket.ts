import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { endpointOf } from './api.ts';
import { refusalFault, unreachableFault } from './server-fault.ts';

export type Carrier = 'subprotocol' | 'query';

export interface Upgrade {
  readonly base: URL;
  readonly route: string | undefined;
  readonly ticket: string;
  readonly carrier: Carrier;
  readonly origin: string | undefined;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 5_000;

/** The address of a route, without a ticket. */
export function routeUrl(base: URL, route: string | undefined): URL {
  const url = endpointOf(base, route === undefined ? 'ws' : `ws/${route}`);
  url.protocol = url.protocol.replace('http', 'ws');
  return url;
}

/** Begins an upgrade that presents a ticket. */
export function startUpgrade({ base, route, ticket, carrier, origin }: Upgrade): WebSocket {
  const url = routeUrl(base, route);
  if (carrier === 'query') url.searchParams.set('ticket', ticket);
  const options = {
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    closeTimeout: CLOSE_TIMEOUT_MS,
    perMessageDeflate: false,
    ...(origin === undefined ? {} : { origin }),
  };
  return new WebSocket(url, carrier === 'subprotocol' ? ['admit.v1', `ticket.${ticket}`] : [], options);
}

/**
 * Resolves when the server has accepted.
 * @throws {CommandFault} with the server's refusal, or with what keeps it from answering
 */
export function accepted(socket: WebSocket, base: URL, interrupted: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const interrupt = () => {
      reject(unreachableFault(base, interrupted.reason));
      socket.terminate();
    };
    interrupted.addEventListener('abort', interrupt, { once: true });
    socket.once('open', () => {
      interrupted.removeEventListener('abort', interrupt);
      resolve();
    });
    socket.on('error', (error) => reject(unreachableFault(base, error)));
    socket.once('unexpected-response', (request, response: IncomingMessage) => {
      const refused = (body: string) => reject(refusalFault(base.origin, response.statusCode ?? 0, body));
      text(response)
        .then(refused, () => refused(''))
        .finally(() => request.destroy());
    });
  });
}
