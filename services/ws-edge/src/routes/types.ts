import type { UpgradeSteps } from '@admit-one/gate';
import type { WebSocket } from 'ws';
import type { Connection } from '../connection/types.ts';

/** Handles the messages of one connection. */
export interface RouteSession {
  message(data: Buffer, binary: boolean): void;
  /** Whether messages pile up behind the route: the client is not read until they don't. */
  congested?(): boolean;
  /** Called once, when the connection has ended. */
  closed(): void;
}

/** Handles admitted connections. */
export interface Route {
  readonly name: string;
  /** The application's own subprotocols, in addition to `admit.v1`. */
  readonly protocols: readonly string[];
  /** Runs between the reserve and the 101: see `UpgradeSteps`. */
  readonly beforeUpgrade?: UpgradeSteps<WebSocket>['beforeUpgrade'];
  open(connection: Connection): RouteSession;
}
