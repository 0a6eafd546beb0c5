import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** A port of the loopback interface that no other holder uses, in this process or another, until it is released. */
export interface HeldPort {
  readonly port: number;
  release(): Promise<void>;
}

/** Below the ports that Linux hands out by itself, so that none is taken while its engine is down. */
const FIRST = 10_000;
const LAST = 32_000;

/** All of 127.0.0.0/8 is the machine itself: who listens at this address holds the same port of 127.0.0.1. */
const HOLDERS_ADDRESS = '127.0.0.2';
const TRIES = 100;

/** Holds a port that nobody listened on a moment ago. Only whoever then binds it knows that it is free. */
export async function holdPort(): Promise<HeldPort> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    const holder = await listen(port, HOLDERS_ADDRESS);
    if (holder) return { port, release: () => close(holder) };
  }
  throw new Error(`no free port between ${FIRST} and ${LAST} in ${TRIES} tries`);
}

async function listen(port: number, host: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy()).unref();
  server.listen(port, host);
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
