import { AdmitConnection } from './admit-connection.ts';
import type { AdmitCloseEvent, AdmitSocket } from './admit-socket.ts';
import { decideRetry, failureOf } from './machine/retry-decision.ts';
import type { ConnectOptions } from './options.ts';
import type { PublicCode } from './public-codes.ts';
import { rejectionCodes } from './public-codes.ts';

/** A class with the constructor and constants of `WebSocket`. */
export interface AdmitSocketClass {
  new (url: string | URL, protocols?: string | string[]): AdmitSocket;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/**
 * Creates a class for libraries that construct their own `WebSocket`. Its objects do not reconnect unless `reconnect` is
 * true, since the library does. After a rejection, `close` has a code that all libraries understand (1008: stop, 1013:
 * retry) and the public code as its reason.
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
      const portableCode = portableCloseCode(code, reason);
      if (event.type === 'close') Object.assign(event, { code: portableCode });
      // On `error` libraries retry at once and ignore the `close` after it.
      return event.type === 'error' && portableCode === STOP ? true : super.dispatchEvent(event);
    }
  };
}

const STOP = 1008;
const RETRY = 1013;

/** Libraries define their own meanings for codes ≥ 4000, and some stop at 1011. */
function portableCloseCode(code: number, reason: string): number {
  const [word] = reason.split(' ');
  if (word === 'SIGNED_OUT') return STOP;
  const sent = rejectionCodes[word as PublicCode];
  if (!sent) return code;
  const { action } = decideRetry(failureOf(sent.close ?? sent.http ?? 0, word));
  // With a status it was a rejected token, and the refreshed one was rejected too.
  const isFinal = action === 'stop' || (action === 'refresh-token' && sent.http !== null);
  if (isFinal) return STOP;
  return code === 1011 || code >= 4000 ? RETRY : code;
}
