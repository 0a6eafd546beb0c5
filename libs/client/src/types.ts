import type { Addresses } from './addresses.ts';
import type { Environment, WebSocketLike } from './environment.ts';
import type { Input, Machine } from './machine/machine.ts';
import type { ConnectOptions, TicketResponse } from './options.ts';

type Settings = Omit<ConnectOptions, 'url' | 'ticketUrl' | 'environment'>;

/** The state machine with its options and side effects. Side effects report their results with `dispatch`. */
export interface ConnectionLoop extends Settings, Addresses, Environment {
  readonly dispatch: (input: Input) => void;
  readonly onMessage: (event: MessageEventInit) => void;
  machine: Machine;
  /** The socket of the latest attempt that opened one. */
  socket?: WebSocketLike;
  /** Set with the option `prefetch`, once its module has loaded. */
  prefetched?: Prefetch;
  /** The last presented ticket. It is never presented again. */
  spent?: string;
}

/** Keeps one unspent ticket ready while a connection is open. */
export interface Prefetch {
  /** Returns the ticket once, if it was issued for this token and is not about to expire. */
  readonly take: (token: string) => TicketResponse | undefined;
  /** Fetches tickets until the signal aborts. */
  readonly start: (signal: AbortSignal) => void;
}
