import type { AdmitSocket } from '../admit-socket.ts';
import { connect as connectSocket } from '../connect.ts';
import type { ConnectOptions, TicketRequestResult, TokenContext } from '../options.ts';

/** Options for a migration from JWTs to tickets, with the names that such clients use. */
export interface CompatOptions
  extends Pick<
    ConnectOptions,
    'protocols' | 'route' | 'carrier' | 'bufferedBytes' | 'timeoutMs' | 'debug' | 'environment'
  > {
  /** The feature flag. Default false: the JWT itself is presented and no tickets are requested. */
  readonly useTicketAuth?: boolean;
  /** Returns a ticket. Without it the client requests tickets itself, with the token. */
  readonly getTicket?: () => Promise<TicketRequestResult>;
  /** Called after each `getTicket`, so that a cached ticket is not used twice. */
  readonly clearTicketCache?: () => void;
  /** The JWT of the session. */
  readonly token?: string | null;
  /** Returns a new JWT. Called if there is no token, and once after the server rejected it. */
  readonly refreshToken?: () => string | null | Promise<string | null>;
  /** After three ticket failures in a row, presents the JWT if there is one. Off by default. */
  readonly fallback?: 'jwt';
}

/**
 * `connect` of `@admit-one/client` with the option names of JWT clients.
 *
 * @throws {TypeError} if `url` is not a valid URL
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

  // With `getTicket` a token is needed only for the fallback.
  const needsToken = !useTicketAuth || !getTicket || token || refreshToken;
  return connectSocket({
    ...common,
    url,
    useTickets: useTicketAuth,
    ...(needsToken && { getToken, fallback }),
    ...(getTicket && { getTicket: takeTicket }),
  } as ConnectOptions);
}
