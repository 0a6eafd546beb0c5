import type { Environment, PageEvent } from '../environment.ts';
import type { LastFailure } from '../options.ts';
import type { PublicCode } from '../public-codes.ts';
import { rejectionCodes } from '../refusals.ts';
import { type TestConnection, TestWebSocket } from './test-connection.ts';

/** What the client said when it asked for a ticket. */
export interface ReceivedTicketRequest {
  /** The JWT that it came with. */
  readonly token: string;
  readonly route?: string;
  readonly lastFailure?: LastFailure;
}

export interface RejectOptions {
  /** Which step is refused; by default the ticket request. */
  readonly at?: 'ticket' | 'upgrade';
  readonly retryAfterSeconds?: number;
}

/** A server that does as a test says, and otherwise admits everybody, once by each ticket. */
export interface TestServer {
  /** The `environment` of `connect`. Its `random` is 0, so that retries that the client spreads out come at once. */
  readonly environment: Partial<Environment>;
  /** The ticket requests so far. */
  readonly ticketRequests: readonly ReceivedTicketRequest[];
  /** The next connection, or one that is there and that nobody has asked for yet. */
  connection(): Promise<TestConnection>;
  /**
   * Refuses one attempt with a reason of the server's table: the next that comes so far and is not refused yet.
   * @throws {RangeError} where the server never refuses an attempt for that reason
   */
  reject(code: PublicCode, options?: RejectOptions): void;
  /** Whether anything answers; what is open stays so. */
  setReachable(isReachable: boolean): void;
  /** Whether the browser says that there is a network. */
  setOnline(isOnline: boolean): void;
  /** The page is put away, as when its tab is frozen. */
  hide(): void;
  show(): void;
}

interface Rejection {
  readonly code: PublicCode;
  readonly retryAfterSeconds?: number | undefined;
}

const replayed: Rejection = { code: 'NOT_AUTHORIZED' };

/** The refusals that the server tells browsers by a close frame. To the others an upgrade has just failed. */
const sentToBrowsers: readonly PublicCode[] = ['NOT_AUTHORIZED', 'SESSION_REVOKED', 'ORIGIN_BLOCKED'];

/**
 * Makes a server for tests of an application: no network, no timer of its own, the real client.
 *
 * @example
 * const server = createTestServer();
 * const socket = connect({ url: 'wss://api.example.com/ws', getToken: () => 'jwt', environment: server.environment });
 * const connection = await server.connection();
 * connection.send('hello');
 * connection.refuse('RESTARTING');
 * await server.connection(); // and it is back
 */
export function createTestServer(): TestServer {
  const ticketRequests: ReceivedTicketRequest[] = [];
  const toRefuse: Record<'ticket' | 'upgrade', Rejection[]> = { ticket: [], upgrade: [] };
  const connections: TestConnection[] = [];
  const waiting: ((connection: TestConnection) => void)[] = [];
  const page = new EventTarget();
  const spent = new Set<string>();
  let isReachable = true;
  let isOnline = true;
  let lastRejection: { readonly code: PublicCode } | null = null;

  async function answer(url: string, { headers, body }: RequestInit): Promise<Response> {
    if (!isReachable) throw new TypeError('The network is unreachable');
    const question = JSON.parse(String(body));
    if (url.endsWith('/status')) return Response.json({ state: 'issued', lastRejection });
    const token = `${new Headers(headers).get('authorization')}`.replace('Bearer ', '');
    ticketRequests.push({ ...question, token });
    const refused = toRefuse.ticket.shift();
    return refused ? problem(refused) : Response.json(newTicket());
  }

  function upgrade(socket: TestWebSocket): void {
    const { peer, ticket } = socket;
    if (peer.closeInfo) return;
    const refused = ticket && spent.has(ticket) ? replayed : toRefuse.upgrade.shift();
    if (ticket) spent.add(ticket);
    lastRejection = refused ?? null;
    if (!isReachable || (refused && !sentToBrowsers.includes(refused.code))) peer.drop();
    else {
      socket.open();
      if (refused) peer.closeWith(refused.code);
      else admit(peer);
    }
  }

  function admit(connection: TestConnection): void {
    const taker = waiting.shift();
    if (taker) taker(connection);
    else connections.push(connection);
  }

  function tell(event: PageEvent): void {
    page.dispatchEvent(new CustomEvent('page', { detail: event }));
  }

  return {
    ticketRequests,
    environment: {
      fetch: answer,
      WebSocket: class extends TestWebSocket {
        constructor(url: string, protocols: string[]) {
          super(url, protocols);
          queueMicrotask(() => upgrade(this));
        }
      },
      random: () => 0,
      isOnline: () => isOnline,
      onPageEvent: (listen, signal) =>
        page.addEventListener('page', (event) => listen((event as CustomEvent<PageEvent>).detail), {
          signal,
        }),
    },
    connection() {
      while (connections[0]?.closeInfo) connections.shift();
      const connection = connections.shift();
      return connection ? Promise.resolve(connection) : new Promise((resolve) => waiting.push(resolve));
    },
    reject(code, { at = 'ticket', retryAfterSeconds } = {}) {
      if (rejectionCodes[code].http === null) throw new RangeError(`${code} never refuses an attempt`);
      toRefuse[at].push({ code, retryAfterSeconds });
    },
    setReachable(reachable) {
      isReachable = reachable;
    },
    setOnline(online) {
      isOnline = online;
      if (online) tell('show');
    },
    hide: () => tell('hide'),
    show: () => tell('show'),
  };
}

/** As RFC 9457 has it. */
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
