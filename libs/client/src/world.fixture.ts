import { onTestFinished, vi } from 'vitest';
import type { AdmitCloseEvent, AdmitSocket, ClientStatus } from './admit-socket.ts';
import { connect } from './connect.ts';
import type { Environment, PageEvent, WebSocketLike } from './environment.ts';
import type { ConnectOptions } from './options.ts';

/** A request as the world saw it. */
export interface SeenRequest {
  readonly at: number;
  readonly path: string;
  readonly token: string | null;
  readonly body: Record<string, unknown>;
}

/** One upgrade, and the connection that comes of it, as the server's side of it plays it. */
export class Upgrade implements WebSocketLike {
  readonly at = Date.now();
  readonly url: string;
  readonly protocols: readonly string[];
  readonly sent: unknown[] = [];
  protocol = '';
  readonly extensions = '';
  readonly bufferedAmount = 0;
  binaryType = 'blob';
  onopen: (() => void) | null = null;
  onmessage: ((event: MessageEventInit) => void) | null = null;
  onerror: (() => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  closedWith: readonly unknown[] | undefined;

  constructor(url: string, protocols: string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  get ticket(): string | undefined {
    return this.protocols.find((protocol) => protocol.startsWith('ticket.'))?.slice('ticket.'.length);
  }

  accept(protocol = 'admit.v1'): void {
    this.protocol = protocol;
    this.onopen?.();
  }

  say(data: unknown): void {
    this.onmessage?.({ data });
  }

  end(code: number, reason = ''): void {
    if (code === 1006) this.onerror?.();
    this.onclose?.({ code, reason });
  }

  send(data: never): void {
    this.sent.push(data);
  }

  close(...how: unknown[]): void {
    this.closedWith ??= how;
  }
}

export interface World {
  readonly requests: SeenRequest[];
  readonly upgrades: Upgrade[];
  readonly environment: Partial<Environment>;
  /** Answers requests; a ticket that never was before, unless it is replaced. */
  answer: (request: SeenRequest) => Response | Promise<Response>;
  /** What becomes of an upgrade; nothing, unless it is replaced. */
  onUpgrade: (upgrade: Upgrade) => void;
  random: number;
  online: boolean;
  readonly page: (event: PageEvent) => void;
  /** How many listen to the page. */
  readonly pageListeners: () => number;
  readonly connect: (options?: Partial<ConnectOptions>) => Client;
}

/** A socket, and what its listeners heard. */
export interface Client {
  readonly socket: AdmitSocket;
  readonly statuses: ClientStatus[];
  readonly states: () => string[];
  readonly closes: Pick<AdmitCloseEvent, 'code' | 'reason' | 'wasClean'>[];
  readonly events: string[];
}

/** The platform and the server, on a fake clock, until the test is over. */
export function createWorld(): World {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  const requests: SeenRequest[] = [];
  const upgrades: Upgrade[] = [];
  const watchers = new Set<(event: PageEvent) => void>();
  let tickets = 0;

  const world: World = {
    requests,
    upgrades,
    answer() {
      tickets += 1;
      return ticketReply(tickets);
    },
    onUpgrade: () => {},
    random: 0.5,
    online: true,
    page: (event) => {
      for (const watch of [...watchers]) watch(event);
    },
    pageListeners: () => watchers.size,
    environment: {
      async fetch(url, { headers, body, signal }) {
        const seen: SeenRequest = {
          at: Date.now(),
          path: new URL(url).pathname,
          token: new Headers(headers).get('authorization')?.replace('Bearer ', '') ?? null,
          body: JSON.parse(String(body)),
        };
        requests.push(seen);
        const aborted = new Promise<never>((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        });
        return Promise.race([world.answer(seen), aborted]);
      },
      WebSocket: class extends Upgrade {
        constructor(url: string, protocols: string[]) {
          super(url, protocols);
          upgrades.push(this);
          queueMicrotask(() => world.onUpgrade(this));
        }
      },
      random: () => world.random,
      isOnline: () => world.online,
      onPageEvent(watch, signal) {
        watchers.add(watch);
        signal.addEventListener('abort', () => watchers.delete(watch));
      },
    },
    connect(options = {}) {
      const socket = connect({
        url: 'wss://api.example.com/ws',
        ...(options.getTicket ? {} : { getToken: () => 'token' }),
        ...options,
        environment: { ...world.environment, ...options.environment },
      } as ConnectOptions);
      return listenTo(socket);
    },
  };

  onTestFinished(() => {
    vi.useRealTimers();
  });
  return world;
}

function listenTo(socket: AdmitSocket): Client {
  const client: Client = {
    socket,
    statuses: [],
    states: () => client.statuses.map(({ state }) => state),
    closes: [],
    events: [],
  };
  socket.addEventListener('statechange', ({ detail }) => client.statuses.push(detail));
  socket.addEventListener('close', ({ code, reason, wasClean }) =>
    client.closes.push({ code, reason, wasClean }),
  );
  for (const type of ['open', 'message', 'error', 'close', 'rejected'])
    socket.addEventListener(type, () => client.events.push(type));
  onTestFinished(() => socket.close());
  return client;
}

/** Lets what is due happen. @param ms how much time passes */
export async function elapse(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

/** The `n`th ticket that the server issues. */
export function ticketReply(n: number): Response {
  const ticket = n.toString(16).padStart(32, '0');
  return Response.json({ ticket, ticketId: `id-${n}`, expiresInSeconds: 30, expires_at: 0 });
}

/** A problem document (RFC 9457). */
export function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return Response.json({ status, code, title: code }, { status, headers });
}

/** Never answers. */
export function neverResponds(): Promise<never> {
  return new Promise(() => {});
}
