import type { Environment, PageEvent } from '../environment.ts';
import type { LastFailure } from '../options.ts';
import { type PublicCode, rejectionCodes } from '../public-codes.ts';
import { type TestConnection, TestWebSocket } from './test-connection.ts';

/** A ticket request of the client. */
export interface ReceivedTicketRequest {
  /** The JWT in its `Authorization` header. */
  readonly token: string;
  readonly route?: string;
  readonly lastFailure?: LastFailure;
}

export interface RejectOptions {
  /** The step to reject. Default `ticket`: the ticket request. */
  readonly at?: 'ticket' | 'upgrade';
  readonly retryAfterSeconds?: number;
}

/** A scripted server for tests. By default it admits each ticket once. */
export interface TestServer {
  /** For the option `environment` of `connect`. `random` is small, so that retries come after 10 ms and more. */
  readonly environment: Partial<Environment>;
  /** The ticket requests so far. */
  readonly ticketRequests: readonly ReceivedTicketRequest[];
  /** Resolves to the oldest open connection not returned before, or to the next one. */
  connection(): Promise<TestConnection>;
  /**
   * Rejects the next attempt with a public code. Several calls reject several attempts, in order.
   * @throws {RangeError} if the server never rejects an attempt with that code
   */
  reject(code: PublicCode, options?: RejectOptions): void;
  /** `false`: requests and upgrades fail. Open connections are kept. */
  setReachable(isReachable: boolean): void;
  /** What the browser reports as `navigator.onLine`. */
  setOnline(isOnline: boolean): void;
  /** Hides the page, as when its tab is frozen. */
  hide(): void;
  show(): void;
}

interface Rejection {
  readonly code: PublicCode;
  readonly retryAfterSeconds?: number | undefined;
}

const replayed: Rejection = { code: 'NOT_AUTHORIZED' };

/** Rejections of an upgrade that the server sends to browsers in a close frame. All others are a failed upgrade. */
const sentToBrowsers: readonly PublicCode[] = [
  'NOT_AUTHORIZED',
  'SESSION_REVOKED',
  'ORIGIN_BLOCKED',
  'ROUTE_UNKNOWN',
];

/**
 * Creates a server for tests of an application. The client is the real one; there is no network and there are no timers
 * except the client's.
 *
 * @example
 * const server = createTestServer();
 * const socket = connect({ url: 'wss://api.example.com/ws', getToken: () => 'jwt', environment: server.environment });
 * const connection = await server.connection();
 * connection.send('hello');
 * connection.closeWith('RESTARTING');
 * await server.connection(); // reconnected
 */
export function createTestServer(): TestServer {
  const ticketRequests: ReceivedTicketRequest[] = [];
  const plannedRejections: Record<'ticket' | 'upgrade', Rejection[]> = { ticket: [], upgrade: [] };
  const connections: TestConnection[] = [];
  const waiting: ((connection: TestConnection) => void)[] = [];
  const page = new EventTarget();
  const spent = new Set<string>();
  let isReachable = true;
  let isOnline = true;
  let lastRejection: { readonly code: PublicCode } | null = null;

  async function respond(url: string, { headers, body }: RequestInit): Promise<Response> {
    if (!isReachable) throw new TypeError('The network is unreachable');
    const request = JSON.parse(String(body));
    if (/\/status(\?|$)/.test(url)) return Response.json({ state: 'issued', lastRejection });
    const token = `${new Headers(headers).get('authorization')}`.replace('Bearer ', '');
    ticketRequests.push({ ...request, token });
    const rejection = plannedRejections.ticket.shift();
    return rejection ? problem(rejection) : Response.json(newTicket());
  }

  function upgrade(socket: TestWebSocket): void {
    const { peer, ticket } = socket;
    if (peer.closeInfo) return;
    const rejection = ticket && spent.has(ticket) ? replayed : plannedRejections.upgrade.shift();
    if (ticket) spent.add(ticket);
    lastRejection = rejection ?? null;
    if (!isReachable || (rejection && !sentToBrowsers.includes(rejection.code))) peer.drop();
    else {
      socket.open();
      if (rejection) peer.closeWith(rejection.code);
      else admit(peer);
    }
  }

  function admit(connection: TestConnection): void {
    const waiter = waiting.shift();
    if (waiter) waiter(connection);
    else connections.push(connection);
  }

  function firePageEvent(event: PageEvent): void {
    page.dispatchEvent(new CustomEvent('page', { detail: event }));
  }

  return {
    ticketRequests,
    environment: {
      fetch: respond,
      WebSocket: class extends TestWebSocket {
        constructor(url: string, protocols: string[]) {
          super(url, protocols);
          queueMicrotask(() => upgrade(this));
        }
      },
      random: () => 0.04,
      isOnline: () => isOnline,
      onPageEvent: (listener, signal) =>
        page.addEventListener('page', (event) => listener((event as CustomEvent<PageEvent>).detail), {
          signal,
        }),
    },
    connection() {
      while (connections[0]?.closeInfo) connections.shift();
      const connection = connections.shift();
      return connection ? Promise.resolve(connection) : new Promise((resolve) => waiting.push(resolve));
    },
    reject(code, { at = 'ticket', retryAfterSeconds } = {}) {
      if (rejectionCodes[code].http === null) throw new RangeError(`${code} never rejects an attempt`);
      plannedRejections[at].push({ code, retryAfterSeconds });
    },
    setReachable(reachable) {
      isReachable = reachable;
    },
    setOnline(online) {
      isOnline = online;
      if (online) firePageEvent('show');
    },
    hide: () => firePageEvent('hide'),
    show: () => firePageEvent('show'),
  };
}

/** A problem document (RFC 9457). */
function problem({ code, retryAfterSeconds }: Rejection): Response {
  const status = rejectionCodes[code].http ?? 500;
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (retryAfterSeconds !== undefined) headers['retry-after'] = `${retryAfterSeconds}`;
  return new Response(JSON.stringify({ status, code }), { status, headers });
}

function newTicket() {
  const [ticket, ticketId] = [randomHex(), randomHex()];
  const expiresInSeconds = 30;
  return { ticket, ticketId, expiresInSeconds, expires_at: Math.floor(Date.now() / 1000) + expiresInSeconds };
}

function randomHex(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
