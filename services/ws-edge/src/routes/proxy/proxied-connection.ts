import type { FailedCheck } from '@admit-one/gate';
import { WebSocket } from 'ws';
import { ABNORMAL_CLOSURE, type CloseInfo } from '../../connection/close-info.ts';
import type { Connection } from '../../connection/types.ts';
import { ConnectionWatch, type WatchedConnection } from '../../connection/watch-connection.ts';
import type { Preparation, RouteSession } from '../types.ts';
import type { ProxyHost, UpstreamHandshake, UpstreamOutcome } from './proxy-host.ts';
import type { UpstreamRequest } from './upstream-request.ts';

/** RFC 6455, section 7.4.1: no code was in the close frame. */
const NO_STATUS = 1005;
const NORMAL_CLOSURE = 1000;
const MAX_REASON_BYTES = 123;

const BINARY = { binary: true };
const TEXT = { binary: false };

/**
 * The statuses of what this client is or has sent. All others are failures of the upstream: 404 comes of a wrong address
 * in the configuration.
 */
const REJECTIONS: readonly number[] = [400, 401, 403, 414, 431];

/**
 * One client's connection to the upstream: its handshake while the client's ticket is held, and then the messages of both.
 * The upstream's WebSocket stays paused until the client is admitted, and where the client reads more slowly than it sends.
 */
export class ProxiedConnection implements Preparation, RouteSession, UpstreamHandshake, WatchedConnection {
  readonly name: string;
  readonly ready: Promise<FailedCheck | undefined>;
  readonly endsAt: number;
  index: number | null = null;
  readonly expiresAt = Number.POSITIVE_INFINITY;
  readonly #host: ProxyHost;
  readonly #startedAt = performance.now();
  #settle: ((failed: FailedCheck | undefined) => void) | undefined;
  #upstream: WebSocket | undefined;
  #client: Connection | undefined;
  #watch: ConnectionWatch | undefined;
  /** How many messages are sent before the upstream is read again. */
  #awaited = 0;
  #broken = false;

  /** @param request the handshake to make, as soon as it is there */
  constructor(name: string, request: Promise<UpstreamRequest>, host: ProxyHost) {
    this.name = name;
    this.endsAt = this.#startedAt + host.handshakeMs;
    this.#host = host;
    this.ready = new Promise((resolve) => {
      this.#settle = resolve;
    });
    host.deadlines.add(this);
    request.then(
      (made) => this.#connect(made),
      (error: unknown) => this.#end('upstream_failed', error),
    );
  }

  get protocol(): string | undefined {
    return this.#upstream?.protocol || undefined;
  }

  open(connection: Connection): RouteSession {
    const upstream = this.#upstream;
    this.#client = connection;
    if (upstream?.readyState !== WebSocket.OPEN) connection.close('upstream_failed');
    else this.#startWatch(upstream);
    upstream?.resume();
    return this;
  }

  cancel(): void {
    this.#end('cancelled');
    this.#upstream?.terminate();
  }

  expire(): void {
    const { handshakeMs } = this.#host;
    this.#end('upstream_failed', new Error(`the upstream did not answer within ${handshakeMs} ms`));
  }

  message(data: Buffer, binary: boolean): void {
    this.#upstream?.send(data, binary ? BINARY : TEXT);
  }

  congested(): boolean {
    return this.waitingBytes() > this.#host.maxBacklogBytes;
  }

  waitingBytes(): number {
    return this.#upstream?.bufferedAmount ?? 0;
  }

  closed({ code, text }: CloseInfo): void {
    const upstream = this.#upstream;
    this.#watch?.stop();
    upstream?.resume();
    if (code === ABNORMAL_CLOSURE) upstream?.terminate();
    else if (code === NO_STATUS) upstream?.close();
    else upstream?.close(code, Buffer.byteLength(text) <= MAX_REASON_BYTES ? text : '');
  }

  onEnd(): void {}

  onUnresponsive(): void {
    this.#upstream?.terminate();
  }

  #connect({ url, protocols, headers }: UpstreamRequest): void {
    if (!this.#settle) return;
    let upstream: WebSocket;
    try {
      upstream = new WebSocket(url, [...protocols], { ...this.#host.options, headers });
    } catch (error) {
      this.#end('upstream_failed', error);
      return;
    }
    this.#upstream = upstream;
    upstream.on('open', () => {
      upstream.pause();
      this.#end('opened');
    });
    upstream.on('upgrade', (response) => {
      if (protocols.length > 0 && !response.headers['sec-websocket-protocol'])
        this.#end('upstream_rejected', new Error('the upstream selected none of the subprotocols'));
    });
    upstream.on('unexpected-response', (_request, { statusCode = 0 }) => {
      const reason = REJECTIONS.includes(statusCode) ? 'upstream_rejected' : 'upstream_failed';
      this.#end(reason, new Error(`the upstream answered with status ${statusCode}`));
    });
    upstream.on('message', (data, binary) => this.#pass(data as Buffer, binary));
    upstream.on('pong', () => this.#watch?.takeAnswer());
    upstream.on('error', (error) => {
      this.#broken = true;
      this.#end('upstream_failed', error);
    });
    upstream.on('close', (code, text) => this.#upstreamClosed(code, text.toString()));
  }

  /** Ends the handshake, once. */
  #end(outcome: UpstreamOutcome, cause?: unknown): void {
    const settle = this.#settle;
    if (!settle) return;
    this.#settle = undefined;
    this.#host.deadlines.delete(this);
    this.#host.onHandshakeEnded(this.name, outcome, (performance.now() - this.#startedAt) / 1000);
    if (outcome === 'upstream_failed' || outcome === 'upstream_rejected') {
      this.#upstream?.terminate();
      settle({ reason: outcome, cause });
    } else settle(undefined);
  }

  #pass(data: Buffer, binary: boolean): void {
    this.#watch?.hear();
    const client = this.#client;
    if (!client?.isOpen) return;
    if (client.bufferedBytes() + data.length <= this.#host.maxBacklogBytes) client.send(data, binary);
    else {
      this.#awaited += 1;
      this.#upstream?.pause();
      client.send(data, binary, this.#onSent);
    }
  }

  readonly #onSent = (): void => {
    this.#awaited -= 1;
    if (this.#awaited === 0) this.#upstream?.resume();
  };

  #upstreamClosed(code: number, text: string): void {
    this.#watch?.stop();
    if (this.#broken || code === ABNORMAL_CLOSURE) this.#client?.close('upstream_failed');
    else this.#client?.closeWith({ code: code === NO_STATUS ? NORMAL_CLOSURE : code, text });
  }

  #startWatch(upstream: WebSocket): void {
    const { wheel, heartbeatMs } = this.#host;
    const limits = { heartbeatMs, lifetimeMs: Number.POSITIVE_INFINITY };
    this.#watch = new ConnectionWatch(upstream, this, wheel, limits);
  }
}
