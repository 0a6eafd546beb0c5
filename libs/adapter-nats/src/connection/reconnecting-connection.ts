import { Writable } from 'node:stream';
import { BusError, startWorker } from '@admit-one/core';
import { coalesceWrites } from '@admit-one/sockets';
import { type JetStreamClient, jetstream } from '@nats-io/jetstream';
import { deadline, type NatsConnection, PermissionViolationError } from '@nats-io/nats-core';
import type { Transport } from '@nats-io/nats-core/internal';
import { connect, NatsConnectionImpl, type NodeConnectionOptions } from '@nats-io/transport-node';

/** A connection and its JetStream client. */
export interface Client {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
}

/** A connection to NATS that comes back whenever NATS does. */
export interface ReconnectingConnection {
  readonly connected: boolean;
  readonly closed: boolean;
  /** How many bytes wait to be sent; 0 without a connection. */
  readonly backlogBytes: number;
  /**
   * For calls that must not wait for NATS: a disconnected client would buffer them.
   * @throws {BusError} `disconnected`
   */
  live(): Client;
  /**
   * Calls the listener with the current client, and with each that replaces it. Where the listener subscribes to `subject` and
   * the server denies that, it is called again: the permission may be given later. Returns `unsubscribe`.
   */
  attach(listener: (client: Client) => void, subject?: string): () => void;
  /** Calls the listener when the server denies a subject that something was published to or that was subscribed to. */
  onDenied(listener: (denial: PermissionViolationError) => void): void;
  /** Sends buffered messages, within a time limit, and closes. */
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly connection: NodeConnectionOptions;
  /** Called for errors of a live connection, such as a missing permission; once in a row. */
  readonly onError: (error: unknown) => void;
  /** Called once for a lost connection, and once for each error that keeps it from coming back. */
  readonly onUnreachable: (error: unknown) => void;
  /** Called on each connect and reconnect. */
  readonly onReachable: () => void;
  /** How long after a denied subscription the next attempt follows, unless a reconnect comes before: 30 s by default. */
  readonly resubscribeMs?: number | undefined;
}

const JETSTREAM_TIMEOUT_MS = 5_000;
const DRAIN_WITHIN_MS = 2_000;
/** `watch` wakes the worker where a client ends. */
const IDLE_MS = 3_600_000;

/**
 * Connects. Resolves after the first attempt, also if it failed. A client that has been connected reconnects by itself.
 * A new client is made until the first connection, and if the client stops reconnecting (unreadable credentials).
 */
export async function openConnection({
  connection,
  onError,
  onUnreachable,
  onReachable,
  resubscribeMs = 30_000,
}: ConnectionOptions): Promise<ReconnectingConnection> {
  /** With the subject that each subscribes to. */
  const listeners = new Map<(client: Client) => void, string | undefined>();
  /** Those of them whose subject was denied. */
  const denied = new Set<(client: Client) => void>();
  let resubscribeTimer: NodeJS.Timeout | undefined;
  const denialListeners: ((denial: PermissionViolationError) => void)[] = [];
  let client: Client | undefined;
  let connected = false;
  let closing: Promise<void> | undefined;
  let lastError: string | undefined;

  async function connectOnce(): Promise<boolean> {
    if (client || closing) return false;
    const nc = await connect(connection);
    if (closing) {
      await end(nc);
      return false;
    }
    coalesceSocketWrites(nc);
    client = { nc, js: jetstream(nc, { timeout: JETSTREAM_TIMEOUT_MS }) };
    isUp();
    void watch(nc);
    denied.clear();
    for (const listener of listeners.keys()) listener(client);
    return false;
  }

  async function watch(nc: NatsConnection): Promise<void> {
    for await (const status of nc.status()) {
      if (status.type === 'reconnect') {
        coalesceSocketWrites(nc);
        isUp();
        resubscribe();
      }
      if (status.type === 'disconnect' || status.type === 'staleConnection') isDown();
      if (status.type !== 'error') continue;
      reportOnce(status.error, connected ? onError : onUnreachable);
      if (status.error instanceof PermissionViolationError) deny(status.error);
    }
    isDown();
    client = undefined;
    worker.wake();
  }

  function deny(denial: PermissionViolationError): void {
    if (denial.operation === 'subscription')
      for (const [listener, subject] of listeners) if (subject === denial.subject) denied.add(listener);
    for (const listener of denialListeners) listener(denial);
    if (denied.size > 0) resubscribeTimer ??= setTimeout(resubscribe, resubscribeMs).unref();
  }

  function resubscribe(): void {
    clearTimeout(resubscribeTimer);
    resubscribeTimer = undefined;
    if (!client || !connected) return;
    const again = [...denied];
    denied.clear();
    for (const listener of again) listener(client);
  }

  function isUp(): void {
    connected = true;
    lastError = undefined;
    onReachable();
  }

  function isDown(): void {
    if (connected && !closing)
      reportOnce(new BusError('disconnected', 'the connection to NATS is lost'), onUnreachable);
    connected = false;
  }

  function reportOnce(error: unknown, report: (error: unknown) => void): void {
    const text = String(error);
    if (text === lastError) return;
    lastError = text;
    report(error);
  }

  const notConnected = (error: unknown) => reportOnce(error, onUnreachable);
  await connectOnce().catch(notConnected);
  const worker = startWorker({ work: connectOnce, idleMs: IDLE_MS, onError: notConnected });

  async function close(): Promise<void> {
    listeners.clear();
    denied.clear();
    clearTimeout(resubscribeTimer);
    const nc = client?.nc;
    if (nc && connected) await deadline(nc.drain(), DRAIN_WITHIN_MS).catch(() => {});
    if (nc) await end(nc);
    await worker.stop();
  }

  return {
    get connected() {
      return connected && !closing;
    },
    get closed() {
      return closing !== undefined;
    },
    get backlogBytes() {
      return client && connected ? backlogOf(client.nc) : 0;
    },
    live() {
      if (!client || !connected || closing) throw new BusError('disconnected', 'NATS is not connected');
      return client;
    },
    attach(listener, subject) {
      listeners.set(listener, subject);
      if (client) listener(client);
      return () => {
        listeners.delete(listener);
        denied.delete(listener);
      };
    },
    onDenied(listener) {
      denialListeners.push(listener);
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/** What the client has not yet given to its socket, and what the socket has not yet sent. */
function backlogOf(nc: NatsConnection): number {
  if (!(nc instanceof NatsConnectionImpl)) return 0;
  const socket = socketOf(nc);
  return nc.protocol.outbound.length() + (socket instanceof Writable ? socket.writableLength : 0);
}

function socketOf(nc: NatsConnectionImpl): unknown {
  return (nc.protocol.transport as Transport & { readonly socket?: unknown }).socket;
}

/** Called after each connect and reconnect: each has its own socket. */
function coalesceSocketWrites(nc: NatsConnection): void {
  if (!(nc instanceof NatsConnectionImpl)) return;
  const socket = socketOf(nc);
  if (socket instanceof Writable) coalesceWrites(socket);
}

/** While the client is dialing, its own `close` would leave that socket open, and it would connect later. */
async function end(nc: NatsConnection): Promise<void> {
  if (nc instanceof NatsConnectionImpl) nc.protocol.transport.discard();
  await nc.close();
}
