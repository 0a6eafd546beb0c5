/** Where visitors come in, and by what. Ports of the loopback interface. */
export type LoadTarget =
  | { readonly credential: 'none'; readonly port: number }
  | { readonly credential: 'jwt'; readonly port: number }
  | { readonly credential: 'ticket'; readonly port: number; readonly ticketPort: number }
  /** A seat in a room of Colyseus. */
  | { readonly credential: 'seat'; readonly port: number }
  /** The token in the first packet of Socket.IO. */
  | { readonly credential: 'packet'; readonly port: number };

/** Of several alike, the one for the nth visitor. */
export function endpointOf(endpoints: readonly LoadTarget[], n: number): LoadTarget {
  const endpoint = endpoints[n % endpoints.length];
  if (!endpoint) throw new Error('there is no endpoint');
  return endpoint;
}

export const HOST = '127.0.0.1';
export const TICKET_PATH = '/api/websocket/ticket';
export const SOCKET_PATH = '/ws';
/** Where Colyseus gives seats in a room of this name, and where Socket.IO is. */
export const ROOM = 'room';
export const SEAT_PATH = `/matchmake/joinOrCreate/${ROOM}`;
export const SOCKET_IO_PATH = '/socket.io/?EIO=4&transport=websocket';

/** What every browser sends: a page of another site than the server's, which has to let it in. */
export const ORIGIN = 'https://app.example.com';
export const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

/** The subprotocol that servers answer with, and the prefixes of those that carry a credential. */
export const PROTOCOL = 'admit.v1';
export const TICKET_PREFIX = 'ticket.';
export const JWT_PREFIX = 'jwt.';
