import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type CommandContext, handshakeKeyOf } from '@admit-one/core';
import { cappedContext } from '@admit-one/gate';
import type { ClientAddress, Telemetry, Trace } from '@admit-one/runtime';
import type { Screened } from './screen-upgrade.ts';

/** One upgrade request on its way. */
export interface Attempt {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What the client has sent behind its request. */
  readonly head: Buffer;
  /** Subprotocols offered. */
  readonly protocols: readonly string[];
  /** The handshake's key. */
  readonly handshake: string;
  readonly context: CommandContext;
  readonly trace: Trace;
  /** By the monotonic clock, in milliseconds. */
  readonly startedAt: number;
}

export interface AttemptOptions {
  readonly instance: string;
  readonly telemetry: Telemetry;
  readonly clientAddress: ClientAddress;
}

/** Takes down who asks for what, while the socket still knows. */
export function beginAttempt(
  upgrade: Pick<Attempt, 'request' | 'socket' | 'head'>,
  { route, carrier, protocols }: Screened,
  { instance, telemetry, clientAddress }: AttemptOptions,
): Attempt {
  const { request } = upgrade;
  const { headers } = request;
  const trace = telemetry.startTrace(headers.traceparent);
  return {
    ...upgrade,
    protocols,
    handshake: handshakeKeyOf(headers['sec-websocket-key']),
    context: cappedContext({
      address: clientAddress(request),
      origin: headers.origin ?? null,
      agent: headers['user-agent'] ?? null,
      route,
      carrier,
      edge: instance,
      traceparent: trace.traceparent,
    }),
    trace,
    startedAt: performance.now(),
  };
}
