import { join } from 'node:path';
import { createClosers } from '@admit-one/runtime';
import { startRedis } from '@admit-one/testkit';
import { ORIGIN } from '../client/endpoint.ts';
import { freePort } from '../processes/free-port.ts';
import { type ServerProcess, startServer } from '../processes/server-process.ts';
import type { Contestant, Setting } from './contestant.ts';

/** `ws` answers a request that is no upgrade so. */
const UPGRADE_REQUIRED = 426;

/** A contestant of one process, and that process. */
export type Simple = Contestant & { readonly server: ServerProcess };

/** Starts the bare server. */
export async function startBare(setting: Setting): Promise<Simple> {
  const server = await start('bare', setting, {}, UPGRADE_REQUIRED);
  return { id: 'a', endpoint: { credential: 'none', port: server.port }, ...alone(server) };
}

/** Starts the server that checks a token at each upgrade. */
export async function startWithJwt(setting: Setting): Promise<Simple> {
  const server = await start('with-jwt', setting, setting.identity);
  return { id: 'b', endpoint: { credential: 'jwt', port: server.port }, ...alone(server) };
}

/** Starts Colyseus. */
export async function startColyseus(setting: Setting): Promise<Simple> {
  const server = await start('colyseus', setting, setting.identity);
  return { id: 'colyseus', endpoint: { credential: 'seat', port: server.port }, ...alone(server) };
}

/** Starts Socket.IO. */
export async function startSocketIo(setting: Setting): Promise<Simple> {
  const server = await start('socket-io', setting, setting.identity);
  return { id: 'socket.io', endpoint: { credential: 'packet', port: server.port }, ...alone(server) };
}

/** Starts the home-made tickets, and the Redis that they are kept in. */
export async function startHomeMade(setting: Setting): Promise<Simple> {
  const { identity, logLevel } = setting;
  const closers = createClosers();
  const redis = await startRedis();
  closers.add('redis', redis.stop);
  try {
    const variables = { ...identity, REDIS_URL: redis.url, FRONTEND_ORIGINS: ORIGIN, LOG_LEVEL: logLevel };
    const server = await start('home-made', setting, variables);
    closers.add('server', server.stop);
    return {
      id: 'c',
      endpoint: { credential: 'ticket', port: server.port, ticketPort: server.port },
      server,
      processes: [
        { name: 'server', pid: server.pid, inTotal: true },
        { name: 'redis', pid: redis.pid, inTotal: true },
      ],
      settled: async () => {},
      stop: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function start(
  name: string,
  { programs, nodeOptions }: Setting,
  variables: Readonly<Record<string, string>>,
  readyStatus?: number,
): Promise<ServerProcess> {
  const program = join(programs, `${name}.js`);
  return startServer({
    program,
    nodeOptions: nodeOptions(name),
    variables,
    port: await freePort(),
    readyStatus,
  });
}

/** A server that has nothing left to do once a WebSocket is closed. */
function alone(server: ServerProcess): Pick<Simple, 'server' | 'processes' | 'settled' | 'stop'> {
  return {
    server,
    processes: [{ name: 'server', pid: server.pid, inTotal: true }],
    settled: async () => {},
    stop: server.stop,
  };
}
