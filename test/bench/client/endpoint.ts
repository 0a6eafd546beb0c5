/** Where visitors come in, and by what. Ports of the loopback interface. */
export type LoadTarget =
  | { readonly credential: 'none'; readonly port: number }
  | { readonly credential: 'jwt'; readonly port: number }
  | { readonly credential: 'ticket'; readonly port: number; readonly ticketPort: number };

export const HOST = '127.0.0.1';
export const TICKET_PATH = '/api/websocket/ticket';
export const SOCKET_PATH = '/ws';

/** What every browser sends: a page of another site than the server's, which has to let it in. */
export const ORIGIN = 'https://app.example.com';
export const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

/** The subprotocol that servers answer with, and the prefixes of those that carry a credential. */
export const PROTOCOL = 'admit.v1';
export const TICKET_PREFIX = 'ticket.';
export const JWT_PREFIX = 'jwt.';
