import { onTestFinished, vi } from 'vitest';
import type { AdmitCloseEvent, AdmitSocket, ClientStatus } from './admit-socket.ts';
import { connect } from './connect.ts';
import type { Environment, PageEvent, WebSocketLike } from './environment.ts';
import type { ConnectOptions } from './options.ts';

export interface SeenRequest {
  readonly at: number;
  /** With the query. */
  readonly path: string;
  readonly token: string | null;
  readonly body: Record<string, unknown>;
}

/** A fake `WebSocket`, driven by the test as the server: `accept`, `say`, `end`. */
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
  onclose: ((event: { code?: number; reason?: string | null }) => void) | null = null;
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

  close(...args: unknown[]): void {
    this.closedWith ??= args;
  }
}

export interface World {
  readonly requests: SeenRequest[];
  readonly upgrades: Upgrade[];
  readonly environment: Partial<Environment>;
  /** Responds to requests. Default: a new ticket. */
  answer: (request: SeenRequest) => Response | Promise<Response>;
  /** Called for each upgrade. Default: nothing, so that it stays pending. */
  onUpgrade: (upgrade: Upgrade) => void;
  random: number;
  online: boolean;
  readonly page: (event: PageEvent) => void;
  /** The number of page listeners. */
  readonly pageListeners: () => number;
  readonly connect: (options?: Partial<ConnectOptions>) => Client;
}

/** A socket and the events it fired. */
export interface Client {
  readonly socket: AdmitSocket;
  readonly statuses: ClientStatus[];
  readonly states: () => string[];
  readonly closes: Pick<AdmitCloseEvent, 'code' | 'reason' | 'wasClean'>[];
  readonly events: string[];
}

/** Fakes the platform, the server and the clock until the test ends. */
export function createWorld(): World {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  const requests: SeenRequest[] = [];
  const upgrades: Upgrade[] = [];
  const listeners = new Set<(event: PageEvent) => void>();
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
      for (const listener of [...listeners]) listener(event);
    },
    pageListeners: () => listeners.size,
    environment: {
      async fetch(url, { headers, body, signal }) {
        const request: SeenRequest = {
          at: Date.now(),
          path: url.slice(new URL(url).origin.length),
          token: new Headers(headers).get('authorization')?.replace('Bearer ', '') ?? null,
          body: JSON.parse(String(body)),
        };
        requests.push(request);
        const aborted = new Promise<never>((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        });
        return Promise.race([world.answer(request), aborted]);
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
      onPageEvent(listener, signal) {
        listeners.add(listener);
        signal.addEventListener('abort', () => listeners.delete(listener));
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

/** Advances the fake clock and runs what is due. */
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

/** A request that never gets a response. */
export function neverResponds(): Promise<never> {
  return new Promise(() => {});
}
