import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createIdSource, type Reason } from '@admit-one/core';
import {
  type AdmissionRules,
  checkOrigin,
  createHandshakeDeadline,
  createUpgradeAnswerer,
  type HandshakeContext,
  type OriginRule,
} from '@admit-one/gate';
import type { Rejection } from '@admit-one/ticket-client';
import type { FailingNetworks } from './failing-networks.ts';
import { Upgrade } from './upgrade.ts';
import type { UpgradeHost } from './upgrade-host.ts';

/** Makes connections of upgrade requests. */
export interface Upgrades {
  /** A listener for the `upgrade` event of an HTTP server. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** How many handshakes wait for their ticket. */
  readonly inFlight: number;
  /** Resolves when no handshake is in flight. */
  settled(): Promise<void>;
}

export interface UpgradesOptions extends Omit<UpgradeHost, 'rules' | 'answer' | 'onEnded'> {
  readonly originRule: OriginRule;
  /** The longest that a handshake may take, in milliseconds. */
  readonly handshakeMs: number;
  readonly maxConnections: number;
  readonly maxHandshakes: number;
  readonly failing: FailingNetworks;
  readonly recordRejection: (handshake: HandshakeContext, rejection: Rejection) => Rejection;
}

/**
 * A client that resets the connection would otherwise end the process; the socket's 'close' follows. A listener made
 * within a handshake would keep the request in memory for as long as the connection lasts.
 */
function expectClose(): void {}

export function createUpgrades(options: UpgradesOptions): Upgrades {
  const { originRule, connections, draining, control, failing, log } = options;
  const { maxHandshakes, maxConnections, handshakeMs, recordRejection } = options;
  let inFlight = 0;
  let whenSettled: (() => void)[] = [];

  const rules: AdmissionRules<Rejection> = {
    checks: [
      () => (draining() ? { reason: 'draining' } : undefined),
      failing.check,
      ({ invalid }) => invalid,
      ({ route }) => (route === null ? { reason: 'route_unknown' } : undefined),
      ({ context: { address }, route }) => control.rejectionOf({ address, route }),
      (handshake) => checkOrigin(handshake, originRule),
    ],
    limit,
    reject: recordRejection,
    onError: (error, { trace }) => log.fatal({ err: error, traceId: trace.traceId }, 'handshake_failed'),
    newId: createIdSource(),
    deadline: createHandshakeDeadline(handshakeMs),
  };
  const host: UpgradeHost = { ...options, rules, answer: createUpgradeAnswerer(), onEnded };

  function limit(): Reason | undefined {
    // The handshake that asks is not one of those before it.
    if (inFlight > maxHandshakes) return 'overloaded';
    if (connections.count + inFlight > maxConnections) return 'too_many_connections';
    return undefined;
  }

  function onEnded(handshake: HandshakeContext, rejection: Rejection | null): void {
    inFlight -= 1;
    failing.ended(handshake, rejection?.reason);
    if (inFlight > 0) return;
    for (const resolve of whenSettled) resolve();
    whenSettled = [];
  }

  return {
    handleUpgrade(request, socket, head) {
      socket.on('error', expectClose);
      inFlight += 1;
      void new Upgrade(request, socket, head, host).run();
    },
    get inFlight() {
      return inFlight;
    },
    settled: () => (inFlight === 0 ? Promise.resolve() : new Promise((resolve) => whenSettled.push(resolve))),
  };
}
