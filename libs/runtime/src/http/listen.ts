import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartError } from '../errors.ts';

export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  /** The variable that changes the port, for the error. */
  readonly variable: string;
}

/**
 * Listens, and returns the port; 0 picks a free one.
 * @throws {StartError} that names the variable to change
 */
export async function listen(server: Server, { port, host, variable }: ListenOptions): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw startErrorOf(error, { port, host, variable });
  }
  return portOf(server);
}

/** The port of a listening server. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function startErrorOf(error: unknown, { port, host, variable }: ListenOptions): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new StartError(`Port ${port} is taken. Set ${variable} to a free one, or to 0 for any.`, {
        cause: error,
      });
    case 'EACCES':
      return new StartError(`Port ${port} may not be used by this user. Set ${variable} to one above 1023.`, {
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError(
        `${host} is no address of this machine. Set ${variable.replace('PORT', 'HOST')} to one that is.`,
        { cause: error },
      );
    default:
      return error;
  }
}
