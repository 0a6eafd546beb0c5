import type { AdmitSocket } from '../admit-socket.ts';
import { connect as connectSocket } from '../connect.ts';
import type { ConnectOptions, TicketRequestResult, TokenContext } from '../options.ts';

/** The options of a client that is migrating from JWTs to tickets, by the names that such clients have for them. */
export interface CompatOptions
  extends Pick<
    ConnectOptions,
    'protocols' | 'route' | 'carrier' | 'bufferedBytes' | 'timeoutMs' | 'debug' | 'environment'
  > {
  /** The feature flag. Without it the JWT itself is presented, as before there were tickets. */
  readonly useTicketAuth?: boolean;
  /** Yields a ticket; without it the client asks for tickets by itself, with the token. */
  readonly getTicket?: () => Promise<TicketRequestResult>;
  /** Called after each ticket, so that a cache hands none out twice: it admits one connection. */
  readonly clearTicketCache?: () => void;
  /** The JWT of the session. */
  readonly token?: string | null;
  /** Yields a new JWT: called where there is no token, and once where the server refuses the one there is. */
  readonly refreshToken?: () => string | null | Promise<string | null>;
  /** Presents the JWT, where there is one, after three failures in a row to get a ticket or to be admitted by one. */
  readonly fallback?: 'jwt';
}

/**
 * The same as `connect` of `@admit-one/client`, by other names.
 *
 * @example
 * const socket = connect(url, {
 *   useTicketAuth: flags.ticketAuth,
 *   getTicket: () => authService.getWebSocketTicket(),
 *   clearTicketCache: () => authService.clearTicketCache(),
 *   token: currentToken,
 *   refreshToken: () => authService.refresh(),
 * });
 */
export function connect(url: string | URL, options: CompatOptions): AdmitSocket {
  const {
    useTicketAuth = false,
    getTicket,
    clearTicketCache,
    token,
    refreshToken,
    fallback,
    ...common
  } = options;
  let current = token;

  async function getToken({ fresh }: TokenContext): Promise<string | null> {
    if (refreshToken && (fresh || !current)) current = await refreshToken();
    return current ?? null;
  }

  async function takeTicket(): Promise<TicketRequestResult> {
    try {
      return (await getTicket?.()) ?? { success: false };
    } finally {
      clearTicketCache?.();
    }
  }

  // The JWT may stand in for a ticket of the application's, which a client that is not migrating has no use for.
  const needsToken = !useTicketAuth || !getTicket || token || refreshToken;
  return connectSocket({
    ...common,
    url,
    useTickets: useTicketAuth,
    ...(needsToken && { getToken, fallback }),
    ...(getTicket && { getTicket: takeTicket }),
  } as ConnectOptions);
}
