import type { Connection } from '../connection/connection.ts';

/** What is done with the messages of one connection. */
export interface RouteSession {
  message(data: Buffer, binary: boolean): void;
  /** Called once, when the connection has ended. */
  closed(): void;
}

/** What is done with admitted connections. */
export interface Route {
  readonly name: string;
  /** The application's own subprotocols that it speaks, besides `admit.v1`. */
  readonly protocols: readonly string[];
  open(connection: Connection): RouteSession;
}
