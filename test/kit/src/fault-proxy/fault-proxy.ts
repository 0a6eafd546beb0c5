import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { LOOPBACK, PortInUse, startOnFreePort } from '../engines/held-port.ts';
import { carry, type Faults, reset } from './carry.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export type Direction = 'towardsServer' | 'towardsClient';

/**
 * A TCP link to a server that breaks on demand. A fault holds for open and for new connections until `heal`; several
 * may hold at once. Without any, bytes pass as they come, and a FIN or RST of one side reaches the other.
 */
export interface FaultProxy extends Address {
  /** The connections that are open. */
  readonly connections: number;
  /** This URL of the target, by way of the proxy. */
  url(target: string): string;
  /** Delivers each byte so much later than it came, in the given direction or in both. Order stays. */
  delay(ms: number, direction?: Direction): void;
  /** Delivers at most so many bytes at once, with a millisecond between, in the given direction or in both. */
  slice(bytes: number, direction?: Direction): void;
  /** Half-open: what clients send vanishes, their FIN and RST too. Their sockets stay, the server's replies arrive. */
  dropTowardsServer(): void;
  /** Half-open: what the server sends vanishes, its FIN and RST too. What clients send arrives and takes effect. */
  dropTowardsClient(): void;
  /** Ends the open connections with RST on both sides. New ones are taken. */
  cut(): void;
  /**
   * Waits for a client to send this text, and calls back once, before it is delivered: a fault that is set then holds
   * for it, and for what comes in the same chunk.
   */
  onceSent(text: string, then: () => void): void;
  /** Refuses new connections (ECONNREFUSED). The open ones go on. */
  refuse(): void;
  /**
   * Ends every fault. Connections that lost something are cut, for TCP never delivers a stream with a hole; what was
   * delayed still comes when it is due.
   */
  heal(): Promise<void>;
  /** Ends everything. May be called again. */
  close(): Promise<void>;
}

interface Link {
  readonly hasHole: boolean;
  cut(): void;
}

const BOTH: readonly Direction[] = ['towardsServer', 'towardsClient'];
const NO_FAULTS: Faults = { delayMs: 0, sliceBytes: Number.POSITIVE_INFINITY, drops: false };

/** Starts a proxy in front of a server, on a free port that stays its own. The server need not be up yet. */
export async function startFaultProxy({ host, port }: Address): Promise<FaultProxy> {
  const faults = { towardsServer: { ...NO_FAULTS }, towardsClient: { ...NO_FAULTS } };
  const links = new Set<Link>();
  const awaited = new Map<string, () => void>();
  const accept = (client: Socket) => {
    listenFor(client, awaited);
    const link = join(client, connect({ host, port, allowHalfOpen: true }), faults, () => links.delete(link));
    links.add(link);
  };
  const { started, held } = await startOnFreePort((free) => listen(free, accept));
  let server: Server | undefined = started;

  function set(change: Partial<Faults>, directions: readonly Direction[]): void {
    for (const direction of directions) Object.assign(faults[direction], change);
  }
  function cut(which: (link: Link) => boolean): void {
    for (const link of [...links].filter(which)) link.cut();
  }
  function refuse(): void {
    server?.close();
    server = undefined;
  }

  return {
    host: LOOPBACK,
    port: held.port,
    get connections() {
      return links.size;
    },
    url(of) {
      const url = new URL(of);
      url.hostname = LOOPBACK;
      url.port = `${held.port}`;
      return url.href;
    },
    delay: (delayMs, direction) => set({ delayMs }, direction ? [direction] : BOTH),
    slice: (sliceBytes, direction) => set({ sliceBytes }, direction ? [direction] : BOTH),
    dropTowardsServer: () => set({ drops: true }, ['towardsServer']),
    dropTowardsClient: () => set({ drops: true }, ['towardsClient']),
    cut: () => cut(() => true),
    onceSent: (text, then) => awaited.set(text, then),
    refuse,
    async heal() {
      set(NO_FAULTS, BOTH);
      cut((link) => link.hasHole);
      server ??= await listen(held.port, accept);
    },
    async close() {
      refuse();
      cut(() => true);
      await held.release();
    },
  };
}

/** Makes one link of the two connections, until both have ended. */
function join(
  client: Socket,
  server: Socket,
  faults: Readonly<Record<Direction, Faults>>,
  onEnd: () => void,
): Link {
  const over = new AbortController();
  const sockets = [client, server];
  for (const socket of sockets)
    socket.setNoDelay(true).once('close', () => {
      if (!sockets.every(({ destroyed }) => destroyed)) return;
      over.abort();
      onEnd();
    });
  const carriers = [
    carry(client, server, faults.towardsServer, over.signal),
    carry(server, client, faults.towardsClient, over.signal),
  ];
  return {
    get hasHole() {
      return carriers.some((carrier) => carrier.hasHole);
    },
    cut() {
      over.abort();
      sockets.forEach(reset);
    },
  };
}

/** Hears what a client sends, ahead of those who deliver it; a text may come in two chunks. */
function listenFor(client: Socket, awaited: Map<string, () => void>): void {
  let tail = '';
  client.on('data', (bytes: Buffer) => {
    const sent = tail + bytes.toString('latin1');
    const longest = Math.max(0, ...[...awaited.keys()].map(({ length }) => length));
    for (const [text, then] of [...awaited]) {
      if (!sent.includes(text)) continue;
      awaited.delete(text);
      then();
    }
    tail = longest > 1 ? sent.slice(1 - longest) : '';
  });
}

async function listen(port: number, accept: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, accept).listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    throw new PortInUse(`the proxy cannot listen on ${port}: ${error}`, { cause: error });
  }
}
