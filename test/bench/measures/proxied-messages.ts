import { once } from 'node:events';
import { generateSigningKey } from '@admit-one/identity';
import { createClosers } from '@admit-one/runtime';
import { startNginx } from '@admit-one/testkit';
import { WebSocket } from 'ws';
import { type Bench, inRounds, shareOf, tokensFor } from '../bench.ts';
import { createCredentialLine } from '../client/credential-line.ts';
import { HOST, ORIGIN, PROTOCOL, SOCKET_PATH, TICKET_PREFIX } from '../client/endpoint.ts';
import { type AdmitOne, startAdmitOne } from '../contestants/start-admit-one.ts';
import { startBare } from '../contestants/start-simple.ts';
import { cpuMicroseconds } from '../processes/proc.ts';
import { type Figure, figureOf, ratiosOf } from '../report/figures.ts';

const CONNECTIONS = 20;
const SIZES = { '64 bytes': 64, '4 KiB': 4_096 } as const;

/** A process between clients and an upstream that sends every message back. */
interface Proxy {
  readonly of: string;
  readonly pid: number;
  readonly sockets: readonly WebSocket[];
}

/** What a message costs the process that passes it on: an edge with a proxy route, beside nginx with `proxy_pass`. */
export async function measureProxiedMessages(bench: Bench): Promise<readonly Figure[]> {
  const closers = createClosers();
  const add = <One extends { stop(): Promise<void> }>(name: string, one: One): One => {
    closers.add(name, () => one.stop());
    return one;
  };
  try {
    const upstream = add('upstream', await startBare(bench.setting)).server;
    const nginx = add('nginx', await startNginx({ config: (listen) => nginxConfig(listen, upstream.port) }));
    const unlimited = { MAX_MESSAGES_PER_SECOND: '1000000', MAX_BYTES_PER_SECOND: '1000000000' };
    const variables = {
      ROUTES: `default=proxy:ws://${HOST}:${upstream.port}/`,
      PROXY_SIGNING_KEY: JSON.stringify(generateSigningKey()),
      ...unlimited,
    };
    const admitOne = add('admit one', await startAdmitOne(bench.setting, { variables }));
    const proxies: readonly Proxy[] = [
      { of: 'nginx', pid: nginx.pid, sockets: await throughNginx(nginx.port) },
      { of: 'd-proxy', pid: admitOne.edges[0]?.pid ?? 0, sockets: await throughEdge(admitOne, bench) },
    ];
    closers.add('clients', async () => {
      for (const socket of proxies.flatMap(({ sockets }) => sockets)) socket.terminate();
    });
    const figures: Figure[] = [];
    for (const [size, bytes] of Object.entries(SIZES)) {
      const costOf = (proxy: Proxy) => costOfMessage(proxy, bytes, shareOf(1, bench));
      await inRounds(proxies, 1, costOf);
      const [ofNginx = [], ofEdge = []] = await inRounds(proxies, bench.options.slices, costOf);
      const place = { measure: 'proxy', what: `CPU of a message of ${size}` } as const;
      figures.push(
        figureOf({ ...place, of: 'nginx', unit: 'µs' }, ofNginx),
        figureOf({ ...place, of: 'd-proxy', unit: 'µs' }, ofEdge),
        figureOf({ ...place, of: 'd-proxy/nginx', unit: '×' }, ratiosOf(ofEdge, ofNginx)),
      );
    }
    return figures;
  } finally {
    await closers.close();
  }
}

function nginxConfig(listen: string, upstream: number): string {
  return `access_log off;
    server {
      listen ${listen};
      location / {
        proxy_pass http://${HOST}:${upstream};
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection "upgrade";
      }
    }`;
}

function throughNginx(port: number): Promise<readonly WebSocket[]> {
  return Promise.all(Array.from({ length: CONNECTIONS }, () => opened(port, [])));
}

async function throughEdge({ endpoint }: AdmitOne, bench: Bench): Promise<readonly WebSocket[]> {
  if (endpoint.credential !== 'ticket') throw new Error('an edge takes tickets');
  const line = createCredentialLine(endpoint.ticketPort);
  const sockets: WebSocket[] = [];
  for (const token of (await tokensFor(CONNECTIONS * 5, bench)).slice(0, CONNECTIONS))
    sockets.push(await opened(endpoint.port, [PROTOCOL, `${TICKET_PREFIX}${await line.ask(token)}`]));
  line.close();
  return sockets;
}

async function opened(port: number, protocols: readonly string[]): Promise<WebSocket> {
  const url = `ws://${HOST}:${port}${SOCKET_PATH}`;
  const socket = new WebSocket(url, [...protocols], { origin: ORIGIN, perMessageDeflate: false });
  await once(socket, 'open');
  return socket;
}

/** In microseconds. Each round trip passes two messages on; every connection has one under way. */
async function costOfMessage({ pid, sockets }: Proxy, bytes: number, roundTrips: number): Promise<number> {
  const each = Math.ceil(roundTrips / sockets.length);
  const message = Buffer.alloc(bytes, 'x').toString();
  const [before = 0] = cpuMicroseconds([pid]);
  await Promise.all(sockets.map((socket) => exchange(socket, message, each)));
  const [after = 0] = cpuMicroseconds([pid]);
  return (after - before) / (each * sockets.length * 2);
}

function exchange(socket: WebSocket, message: string, times: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = times;
    const onClose = () => reject(new Error('a connection was closed'));
    const onMessage = () => {
      left -= 1;
      if (left > 0) socket.send(message);
      else {
        socket.off('message', onMessage);
        socket.off('close', onClose);
        resolve();
      }
    };
    socket.on('message', onMessage);
    socket.on('close', onClose);
    socket.send(message);
  });
}
