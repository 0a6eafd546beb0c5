import { AdmitConnection } from './admit-connection.ts';
import type { AdmitSocket } from './admit-socket.ts';
import type { ConnectOptions } from './options.ts';

/** A class with the constructor and the constants of `WebSocket`. */
export interface AdmitSocketClass {
  new (url: string | URL, protocols?: string | string[]): AdmitSocket;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/**
 * Makes a class for libraries that construct their own `WebSocket`. Since these reconnect by themselves, its objects
 * do not, unless `reconnect` says otherwise.
 *
 * @example
 * const client = createClient({ url, webSocketImpl: createWebSocketClass({ getToken }) }); // graphql-ws
 */
export function createWebSocketClass(
  options: DistributiveOmit<ConnectOptions, 'url' | 'protocols'>,
): AdmitSocketClass {
  return class extends AdmitConnection {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;

    constructor(url: string | URL, protocols: string | string[] = []) {
      super({ reconnect: false, ...options, url, protocols });
    }
  };
}
