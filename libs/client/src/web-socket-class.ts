import { AdmitConnection } from './admit-connection.ts';
import type { AdmitCloseEvent, AdmitSocket } from './admit-socket.ts';
import { decideRetry, failureOf } from './machine/retry-decision.ts';
import type { ConnectOptions } from './options.ts';
import type { PublicCode } from './public-codes.ts';
import { rejectionCodes } from './refusals.ts';

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
 * do not, unless `reconnect` says otherwise. Where one is refused, its `close` event has a code that all libraries
 * understand, 1008 for stop and 1013 for later, and Admit One's reason.
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

    override dispatchEvent(event: Event): boolean {
      const { code = 1006, reason = `${this.reason}` } = event as Partial<AdmitCloseEvent>;
      const told = portableCloseCode(code, reason);
      if (event.type === 'close') Object.assign(event, { code: told });
      // Libraries take an error for a reason to try again, and see no close after it.
      return event.type === 'error' && told === STOP ? true : super.dispatchEvent(event);
    }
  };
}

const STOP = 1008;
const LATER = 1013;

/** Libraries have meanings of their own for codes from 4000 on, and some give up at 1011. */
function portableCloseCode(code: number, reason: string): number {
  const [word] = reason.split(' ');
  if (word === 'SIGNED_OUT') return STOP;
  const refusal = rejectionCodes[word as PublicCode];
  if (!refusal) return code;
  const { action } = decideRetry(failureOf(refusal.close ?? refusal.http ?? 0, word));
  // What ends no connection was a refused request; the token was refreshed, then, and refused again.
  const isFinal = action === 'stop' || (action === 'refresh-token' && refusal.close === null);
  if (isFinal) return STOP;
  return code === 1011 || code >= 4000 ? LATER : code;
}
