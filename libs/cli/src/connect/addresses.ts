/** Where everything of a server is. */
export interface Addresses {
  /** The server itself; its path is a prefix of all others. */
  readonly base: URL;
  /** The route, without a ticket. */
  readonly socket: URL;
  readonly token: URL;
  readonly ticket: URL;
  readonly status: URL;
}

export function addressesOf(base: URL, route: string | undefined): Addresses {
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
