import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PATIENCE_MS } from '../within.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

/** One end of a connection, and what came to it. */
class End {
  readonly socket: Socket;
  readonly chunks: Buffer[] = [];
  outcome: 'open' | 'FIN' | 'RST' = 'open';

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.chunks.push(chunk));
    socket.on('end', () => {
      this.outcome = 'FIN';
    });
    socket.on('error', () => {
      this.outcome = 'RST';
    });
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }
}

let server: Server;
let proxy: FaultProxy;
let ends: End[];

beforeEach(async () => {
  ends = [];
  server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startFaultProxy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
});

afterEach(async () => {
  await proxy.close();
  for (const { socket } of ends) socket.destroy();
  server.close();
});

function soon(assertion: () => void): Promise<void> {
  return vi.waitFor(assertion, { timeout: PATIENCE_MS, interval: 10 });
}

/** A connection by way of the proxy, seen from both sides. */
async function open(): Promise<{ client: End; served: End }> {
  const accepted = once(server, 'connection');
  const client = new End(connect({ port: proxy.port, host: proxy.host, allowHalfOpen: true }));
  const [socket] = await accepted;
  const served = new End(socket);
  ends.push(client, served);
  return { client, served };
}

/** Bytes that go the other way and arrive, so that whatever was sent before has had its time. */
async function roundTrip(from: End, to: End): Promise<void> {
  const before = to.text;
  from.socket.write('*');
  await soon(() => expect(to.text).toBe(`${before}*`));
}

describe('without a fault', () => {
  it('passes bytes both ways, and each end of the stream after them', async () => {
    const { client, served } = await open();
    client.socket.end('question');
    await soon(() => expect([served.text, served.outcome]).toEqual(['question', 'FIN']));
    served.socket.end('answer');
    await soon(() => expect([client.text, client.outcome]).toEqual(['answer', 'FIN']));
    await soon(() => expect(proxy.connections).toBe(0));
  });

  it('passes a reset', async () => {
    const { client, served } = await open();
    served.socket.resetAndDestroy();
    await soon(() => expect(client.outcome).toBe('RST'));
  });

  it('passes more than it may keep, complete', async () => {
    const { client, served } = await open();
    const much = Buffer.alloc(8 * 1_048_576, 'abcdefg');
    client.socket.end(much);
    await soon(() => expect(served.outcome).toBe('FIN'));
    expect(Buffer.concat(served.chunks).equals(much)).toBe(true);
  });

  it('resets a client whose server is not there', async () => {
    server.close();
    const client = new End(connect(proxy.port, proxy.host));
    await soon(() => expect(client.outcome).toBe('RST'));
  });

  it('puts its own address into a URL of the target', () => {
    expect(proxy.url('redis://default:secret@127.0.0.1:6379/0?a=b')).toBe(
      `redis://default:secret@127.0.0.1:${proxy.port}/0?a=b`,
    );
  });
});

describe('delay', () => {
  it('holds back one direction only, in order, with the end of the stream behind the bytes', async () => {
    const { client, served } = await open();
    proxy.delay(2_000, 'towardsServer');
    const sentAt = performance.now();
    client.socket.write('one ');
    await roundTrip(served, client);
    proxy.delay(0);
    client.socket.end('two');
    expect(served.text).toBe('');
    await soon(() => expect([served.text, served.outcome]).toEqual(['one two', 'FIN']));
    expect(performance.now() - sentAt).toBeGreaterThanOrEqual(1_999);
  });

  it('adds to latency, not to the time between bytes', async () => {
    const { client, served } = await open();
    proxy.delay(100);
    const sentAt = performance.now();
    const letters = 'abcdefghijklmnopqrst';
    for (const letter of letters) {
      client.socket.write(letter);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await soon(() => expect(served.text).toBe(letters));
    expect(performance.now() - sentAt).toBeLessThan(1_900);
  });
});

describe('slice', () => {
  it('delivers the same bytes in small pieces', async () => {
    const { client, served } = await open();
    proxy.slice(3, 'towardsServer');
    client.socket.end('a text of thirty bytes, about.');
    await soon(() => expect(served.outcome).toBe('FIN'));
    expect(served.text).toBe('a text of thirty bytes, about.');
    expect(served.chunks.length).toBeGreaterThan(3);
    served.socket.write('in one piece');
    await soon(() => expect(client.chunks.map(String)).toEqual(['in one piece']));
  });
});

describe.each([
  { drop: 'dropTowardsServer', from: 'client', to: 'served' },
  { drop: 'dropTowardsClient', from: 'served', to: 'client' },
] as const)('$drop', ({ drop, from, to }) => {
  it('lets bytes and ends vanish one way, while the other way works and both sockets stay', async () => {
    const { [from]: sender, [to]: receiver } = await open();
    proxy[drop]();
    sender.socket.end('into the void');
    await roundTrip(receiver, sender);
    expect([receiver.text, receiver.outcome, sender.outcome]).toEqual(['', 'open', 'open']);
    expect(proxy.connections).toBe(1);
  });

  it('hides a reset', async () => {
    const { [from]: sender, [to]: receiver } = await open();
    proxy[drop]();
    sender.socket.resetAndDestroy();
    await once(sender.socket, 'close');
    const other = await open();
    await roundTrip(other[to], other[from]);
    expect(receiver.outcome).toBe('open');
  });

  it('heals by a reset of what has a hole, and by nothing else', async () => {
    const harmed = await open();
    const unharmed = await open();
    proxy[drop]();
    harmed[from].socket.write('lost');
    await roundTrip(harmed[to], harmed[from]);
    await proxy.heal();
    await soon(() => expect([harmed[from].outcome, harmed[to].outcome]).toEqual(['RST', 'RST']));
    await roundTrip(unharmed[from], unharmed[to]);
  });
});

describe('cut', () => {
  it('resets both sides of every connection, and takes new ones', async () => {
    const both = [await open(), await open()];
    proxy.cut();
    await soon(() =>
      expect(both.flatMap(({ client, served }) => [client.outcome, served.outcome])).toEqual(
        Array(4).fill('RST'),
      ),
    );
    await soon(() => expect(proxy.connections).toBe(0));
    const { client, served } = await open();
    await roundTrip(client, served);
  });
});

describe('refuse', () => {
  it('refuses new connections and keeps the open ones, until it is healed on the same port', async () => {
    const { port } = proxy;
    const { client, served } = await open();
    proxy.refuse();
    const [error] = await once(connect(port, proxy.host), 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    await roundTrip(client, served);
    await proxy.heal();
    const fresh = await open();
    await roundTrip(fresh.client, fresh.served);
    expect(proxy.port).toBe(port);
  });
});

describe('close', () => {
  it('ends connections and listener, and may be called again', async () => {
    const { client, served } = await open();
    await proxy.close();
    await proxy.close();
    await soon(() => expect([client.outcome, served.outcome]).toEqual(['RST', 'RST']));
    const [error] = await once(connect(proxy.port, proxy.host), 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('a text that is waited for', () => {
  it('is told of once, before it is delivered, so that it can be kept from that', async () => {
    const { client, served } = await open();
    const then = vi.fn(() => proxy.dropTowardsServer());
    proxy.onceSent('confirm', then);
    client.socket.write('reserve;');
    await soon(() => expect(served.text).toBe('reserve;'));
    expect(then).not.toHaveBeenCalled();
    client.socket.write('confirm;');
    await soon(() => expect(then).toHaveBeenCalledOnce());
    await roundTrip(served, client);
    expect(served.text).toBe('reserve;');
    client.socket.write('confirm;');
    await roundTrip(served, client);
    expect(then).toHaveBeenCalledOnce();
  });

  it('may come in pieces', async () => {
    const { client, served } = await open();
    const then = vi.fn();
    proxy.onceSent('confirm', then);
    client.socket.write('con');
    await soon(() => expect(served.text).toBe('con'));
    client.socket.write('firm');
    await soon(() => expect(then).toHaveBeenCalledOnce());
    await soon(() => expect(served.text).toBe('confirm'));
  });
});
