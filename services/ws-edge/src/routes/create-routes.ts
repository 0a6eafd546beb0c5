import type { RouteRule } from '@admit-one/config';
import type { Connection } from '../connection/types.ts';
import { type BridgeOptions, createBridge } from './bridge.ts';
import { createProxy, type ProxyOptions } from './proxy/proxy.ts';
import type { PlainRoute, Route, RouteSession } from './types.ts';

/** What the routes of an edge share. */
export interface RouteOptions {
  readonly bridge: BridgeOptions;
  /** Null where no route is a proxy. */
  readonly proxy: ProxyOptions | null;
}

export function createRoutes(rules: ReadonlyMap<string, RouteRule>, options: RouteOptions): readonly Route[] {
  return [...rules].map(([name, rule]) => createRoute(name, rule, options));
}

function createRoute(name: string, rule: RouteRule, { bridge, proxy }: RouteOptions): Route {
  switch (rule) {
    case 'bridge':
      return createBridge(name, bridge);
    case 'echo':
      return createEcho(name);
    default:
      if (!proxy) throw new Error(`the proxy route ${name} has no signing key`);
      return createProxy(name, rule, proxy);
  }
}

class EchoSession implements RouteSession {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  message(data: Buffer, binary: boolean): void {
    this.#connection.send(data, binary);
  }

  closed(): void {}
}

/** Sends every message back as it came. */
export function createEcho(name: string): PlainRoute {
  return {
    name,
    protocols: [],
    open: (connection) => new EchoSession(connection),
  };
}
