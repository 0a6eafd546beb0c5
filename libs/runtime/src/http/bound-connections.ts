import { readdirSync, readFileSync } from 'node:fs';
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '../logging.ts';
import type { Telemetry } from '../telemetry.ts';

/** Descriptors for what is opened later, in addition to clients: files, reconnections to the engines, metrics. */
const RESERVED_DESCRIPTORS = 64;
/** However few descriptors there are. */
const MIN_CONNECTIONS = 16;
/** Where the system does not tell its limit. */
const DEFAULT_MAX_CONNECTIONS = 10_000;
const LOG_INTERVAL_MS = 60_000;

/**
 * The most connections of clients, by this process's limit of open files.
 * @param used how many descriptors are open
 */
export function maxConnectionsOf(limits: string, used: number): number {
  const soft = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
  if (!Number.isFinite(soft)) return DEFAULT_MAX_CONNECTIONS;
  return Math.max(MIN_CONNECTIONS, soft - used - RESERVED_DESCRIPTORS);
}

/** Systems without `/proc` get the default. */
export function readMaxConnections(): number {
  try {
    return maxConnectionsOf(readFileSync('/proc/self/limits', 'utf8'), readdirSync('/proc/self/fd').length);
  } catch {
    return DEFAULT_MAX_CONNECTIONS;
  }
}

export interface ConnectionBound {
  /** Called at the first connection: by then, the engines are open. */
  readonly readMaxConnections: () => number;
  readonly telemetry: Telemetry;
  readonly log: Logger;
}

/**
 * Bounds the TCP connections of a server, upgraded ones included. At the bound, the connection that is idle for longest is
 * closed for a newcomer; where all are busy, the newcomer is.
 */
export function boundConnections(server: Server, bound: ConnectionBound): void {
  const { telemetry, log } = bound;
  const known = new WeakSet<Socket>();
  const idle = new IdleSockets();
  let open = 0;
  let maxConnections: number | undefined;
  let loggedAt = Number.NEGATIVE_INFINITY;
  const closed = telemetry.meter.counter('admit_http_connections_closed_total');

  function makeRoom(newcomer: Socket): void {
    (idle.longest ?? newcomer).destroy();
    closed.add(1);
    if (performance.now() - loggedAt < LOG_INTERVAL_MS) return;
    loggedAt = performance.now();
    log.warn({ maxConnections }, 'http_connections_at_bound');
  }

  function forget(this: Socket): void {
    open -= 1;
    idle.delete(this);
  }

  server.on('connection', (socket: Socket) => {
    // A request without WebSocket is handed to the server again: see `onWebSocketUpgrade`.
    if (known.has(socket)) return;
    maxConnections ??= bound.readMaxConnections();
    if (open >= maxConnections) makeRoom(socket);
    if (socket.destroyed) return;
    known.add(socket);
    open += 1;
    idle.add(socket);
    socket.on('close', forget);
  });
  function answered(this: ServerResponse): void {
    const { socket } = this.req;
    if (!socket.destroyed) idle.add(socket);
  }

  server.on('request', ({ socket }, response) => {
    idle.delete(socket);
    // It comes once.
    response.on('close', answered);
  });
  server.once('listening', () => {
    // A listener for upgrades takes all of them over from Node: add one only where the server has one already.
    if (server.listenerCount('upgrade') > 0)
      server.prependListener('upgrade', (_request, socket) => idle.delete(socket as Socket));
  });
}

interface Idle {
  readonly socket: Socket;
  before: Idle | undefined;
  after: Idle | undefined;
}

/** Sockets in the order in which they became idle: a list, since a busy Set keeps what it has deleted (decision 49). */
class IdleSockets {
  readonly #places = new WeakMap<Socket, Idle>();
  #first: Idle | undefined;
  #last: Idle | undefined;

  get longest(): Socket | undefined {
    return this.#first?.socket;
  }

  add(socket: Socket): void {
    if (this.#places.has(socket)) return;
    const place: Idle = { socket, before: this.#last, after: undefined };
    if (this.#last) this.#last.after = place;
    else this.#first = place;
    this.#last = place;
    this.#places.set(socket, place);
  }

  delete(socket: Socket): void {
    const place = this.#places.get(socket);
    if (!place) return;
    this.#places.delete(socket);
    const { before, after } = place;
    if (before) before.after = after;
    else this.#first = after;
    if (after) after.before = before;
    else this.#last = before;
    place.before = undefined;
    place.after = undefined;
  }
}
