import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** A port of the loopback interface that no other holder uses, in this process or another, until it is released. */
export interface HeldPort {
  readonly port: number;
  release(): Promise<void>;
}

/** Where the engines listen. */
export const LOOPBACK = '127.0.0.1';

/** Below the ports that Linux hands out by itself, so that none is taken while its engine is down. */
const FIRST = 10_000;
const LAST = 32_000;

/** All of 127.0.0.0/8 is the machine itself: who listens at this address holds the same port of 127.0.0.1. */
const HOLDERS_ADDRESS = '127.0.0.2';
const HOLD_TRIES = 100;
const START_TRIES = 10;

/** The given port is in use by a process that does not hold ports. */
export class PortInUse extends Error {}

/**
 * Starts something on a port that nobody else holds. Only the start itself can tell that the port is free: where it
 * throws `PortInUse`, it is tried again with another one.
 */
export async function startOnFreePort<T>(
  start: (port: number) => Promise<T>,
  tries = START_TRIES,
): Promise<{ readonly started: T; readonly held: HeldPort }> {
  const held = await holdPort();
  try {
    return { started: await start(held.port), held };
  } catch (error) {
    await held.release();
    if (!(error instanceof PortInUse) || tries === 1) throw error;
    return startOnFreePort(start, tries - 1);
  }
}

async function holdPort(): Promise<HeldPort> {
  for (let tries = 0; tries < HOLD_TRIES; tries += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    const holder = await listen(port);
    if (holder) return { port, release: () => close(holder) };
  }
  throw new Error(`no free port between ${FIRST} and ${LAST} in ${HOLD_TRIES} tries`);
}

async function listen(port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy()).unref();
  server.listen(port, HOLDERS_ADDRESS);
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return undefined;
  }
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  await closed;
}
