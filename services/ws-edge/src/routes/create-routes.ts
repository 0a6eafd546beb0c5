import type { RouteKind } from '@admit-one/config';
import type { Connection } from '../connection/types.ts';
import { type BridgeOptions, createBridge } from './bridge.ts';
import type { Route, RouteSession } from './types.ts';

export function createRoutes(kinds: ReadonlyMap<string, RouteKind>, bridge: BridgeOptions): readonly Route[] {
  return [...kinds].map(([name, kind]) => createRoute(name, kind, bridge));
}

function createRoute(name: string, kind: RouteKind, bridge: BridgeOptions): Route {
  switch (kind) {
    case 'bridge':
      return createBridge(name, bridge);
    case 'echo':
      return createEcho(name);
    default:
      return kind satisfies never;
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
export function createEcho(name: string): Route {
  return {
    name,
    protocols: [],
    open: (connection) => new EchoSession(connection),
  };
}
