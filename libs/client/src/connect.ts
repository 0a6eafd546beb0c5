import type { AdmitSocket } from './admit-socket.ts';
import type { ConnectOptions } from './options.ts';

/** Begins a connection that keeps itself. */
export declare function connect(options: ConnectOptions): AdmitSocket;

/** A class with `WebSocket`'s constructor, for libraries that take one. */
export declare function createWebSocketClass(
  options: Omit<ConnectOptions, 'url' | 'protocols'>,
): new (
  url: string | URL,
  protocols?: string | string[],
) => AdmitSocket;
