import type { Pathway, Principal, Reason } from '@admit-one/core';
import type { CloseOrder } from '@admit-one/ticket-client';
import type { RouteHandler, RouteSession } from '../routes/types.ts';
import {
  ABNORMAL_CLOSURE,
  type CloseInfo,
  closedBecause,
  closedByBackend,
  closedByError,
  closedByPeer,
  UNRESPONSIVE,
} from './close-info.ts';
import type { Admitted, ConnectionHost } from './connection-host.ts';
import type { ConnectionPlace } from './connection-places.ts';
import type { EdgeWebSocket, WebSocketOwner } from './edge-web-socket.ts';
import { heartbeatAnswer, isHeartbeat } from './heartbeat.ts';
import { type Lease, leaseOf } from './lease.ts';
import { Pace, type PacedConnection } from './pace.ts';
import { PingLimiter } from './ping-limiter.ts';
import type { HeldConnection } from './types.ts';
import { ConnectionWatch, type WatchedConnection } from './watch-connection.ts';

/** Hands an admitted WebSocket to its route, and enforces heartbeat, lifetime, pace and the limit of its send buffer. */
export function openConnection(admitted: Admitted, host: ConnectionHost): HeldConnection {
  const connection = new OpenConnection(admitted, host);
  connection.start(admitted.route);
  return connection;
}

const BINARY = { binary: true };
const TEXT = { binary: false };

/** It has no listeners, timers or closures: an edge holds many thousands. */
class OpenConnection implements HeldConnection, WebSocketOwner, WatchedConnection, PacedConnection {
  readonly id: string;
  readonly ticketId: string;
  readonly principal: Principal;
  readonly pathway: Pathway;
  readonly address: string | null;
  readonly traceparent: string | null;
  readonly route: string;
  readonly place: ConnectionPlace;
  readonly lease: Lease;
  readonly openedAt = Date.now();
  index: number | null = null;
  readonly #startedAt = performance.now();
  readonly #host: ConnectionHost;
  readonly #webSocket: EdgeWebSocket;
  readonly #watch: ConnectionWatch;
  #pace: Pace | undefined;
  #pings: PingLimiter | undefined;
  #session: RouteSession | undefined;
  #closeInfo: CloseInfo | undefined;
  #knownBuffered = 0;
  #messagesIn = 0;
  #bytesIn = 0;
  #messagesOut = 0;
  #bytesOut = 0;

  constructor(admitted: Admitted, host: ConnectionHost) {
    const { webSocket, principal, route } = admitted;
    const { limits, clock, wheel } = host;
    this.id = admitted.id;
    this.ticketId = admitted.ticketId;
    this.principal = principal;
    this.pathway = admitted.pathway;
    this.address = admitted.address;
    this.traceparent = admitted.traceparent;
    this.route = route.name;
    this.place = admitted.place;
    this.lease = leaseOf(route.name, principal, limits, clock);
    this.#host = host;
    this.#webSocket = webSocket;
    this.#watch = new ConnectionWatch(webSocket, this, wheel, limits);
  }

  start(route: RouteHandler): void {
    const webSocket = this.#webSocket;
    webSocket.owner = this;
    try {
      this.#session = route.open(this);
    } catch (error) {
      this.#fail(error);
    }
    if (webSocket.readyState === webSocket.CLOSED) queueMicrotask(() => this.#finish(ABNORMAL_CLOSURE, ''));
    webSocket.resume();
  }

  get isOpen(): boolean {
    return this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  send(data: Buffer, binary: boolean, onSent?: () => void): void {
    const webSocket = this.#webSocket;
    if (!this.isOpen) return;
    if (webSocket.bufferedAmount > this.#host.limits.maxBufferedBytes) {
      this.close('reader_slow');
      return;
    }
    this.#messagesOut += 1;
    this.#bytesOut += data.length;
    this.#host.onMessage(this.route, 'out');
    webSocket.send(data, binary ? BINARY : TEXT, onSent);
    this.heldBytes();
  }

  bufferedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  heldBytes(): number {
    const bytes = this.#webSocket.bufferedAmount + (this.#session?.waitingBytes?.() ?? 0);
    this.#updateBuffered(bytes);
    return bytes;
  }

  drop(reason: Reason): void {
    this.#closeInfo ??= closedBecause(reason);
    this.#webSocket.terminate();
  }

  close(reason: Reason): void {
    if (this.isOpen) this.#closeAs(closedBecause(reason));
  }

  closeWith({ code, text }: CloseOrder): void {
    if (!this.isOpen) return;
    this.#closeInfo ??= closedByBackend(code, text);
    this.#webSocket.close(code, text);
  }

  get expiresAt(): number {
    return this.lease.endsAt;
  }

  onEnd(reason: Reason): void {
    this.close(reason);
  }

  onUnresponsive(): void {
    this.#closeInfo ??= UNRESPONSIVE;
    this.#webSocket.terminate();
  }

  congested(): boolean {
    return this.#session?.congested?.() ?? false;
  }

  onPaused(): void {
    this.#host.onPaused(this.route);
  }

  onPaceExceeded(): void {
    this.close('message_rate');
  }

  onMessage(data: Buffer, binary: boolean): void {
    this.#count(data);
    if (!this.isOpen) return;
    if (!binary && isHeartbeat(this.#webSocket, data))
      this.#pingLimiter().answer(heartbeatAnswer(this.lease));
    else this.#pass(data, binary);
  }

  onPing(data: Buffer): void {
    this.#count(data);
    this.#pingLimiter().pong(data);
  }

  onPong(data: Buffer): void {
    if (!this.#watch.takeAnswer()) this.#count(data);
  }

  onError(error: Error): void {
    this.#closeInfo ??= closedByError(error);
  }

  onClose(code: number, text: Buffer): void {
    this.#finish(code, text.toString());
  }

  /** Counts what the client sends by itself: until then, it needs no pace. */
  #count(data: Buffer): void {
    this.#watch.hear();
    this.#pace ??= new Pace(this.#webSocket, this, this.#host.limits);
    this.#pace.count(data.length);
  }

  #pass(data: Buffer, binary: boolean): void {
    this.#messagesIn += 1;
    this.#bytesIn += data.length;
    this.#host.onMessage(this.route, 'in');
    try {
      this.#session?.message(data, binary);
    } catch (error) {
      this.#fail(error);
    }
    if (this.#session?.waitingBytes) this.heldBytes();
  }

  #pingLimiter(): PingLimiter {
    this.#pings ??= new PingLimiter(this.#webSocket, () => this.close('message_rate'));
    return this.#pings;
  }

  #closeAs(info: CloseInfo): void {
    this.#closeInfo ??= info;
    this.#webSocket.close(this.#closeInfo.code, this.#closeInfo.text);
  }

  #updateBuffered(bytes: number): void {
    const more = bytes - this.#knownBuffered;
    this.#knownBuffered = bytes;
    if (more !== 0) this.#host.onBuffered(more);
  }

  #fail(error: unknown): void {
    this.#host.onError(error, this);
    this.close('internal');
  }

  #finish(code: number, text: string): void {
    this.#watch.stop();
    this.#pace?.stop();
    this.#updateBuffered(0);
    this.#closeInfo ??= closedByPeer(code, text);
    try {
      this.#session?.closed(this.#closeInfo);
    } catch (error) {
      this.#fail(error);
    }
    this.#host.onClosed({
      connection: this,
      traceparent: this.traceparent,
      place: this.place,
      closeInfo: this.#closeInfo,
      durationMs: Math.round(performance.now() - this.#startedAt),
      received: { messages: this.#messagesIn, bytes: this.#bytesIn },
      sent: { messages: this.#messagesOut, bytes: this.#bytesOut },
    });
  }
}
