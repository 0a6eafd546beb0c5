import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { createRefuser } from './refuser.ts';

/** A client that reads, and never says that it has. */
function lingeringClient() {
  const written: Buffer[] = [];
  const socket = new Duplex({
    read() {},
    write(chunk, _, done) {
      written.push(chunk);
      done();
    },
  });
  return { socket, answer: () => Buffer.concat(written).toString().split('\r\n', 1)[0] };
}

const request = { headers: { origin: 'https://a.example', 'sec-websocket-key': 'key' } } as IncomingMessage;
const trace = { traceId: 'trace', traceparent: '', end() {} };

const ACCEPTED = 'HTTP/1.1 101 Switching Protocols';
const REFUSED = 'HTTP/1.1 401 Unauthorized';

it('tells at most 500 browsers at a time why, and the others by HTTP', async () => {
  const refuse = createRefuser();
  function refused() {
    const client = lingeringClient();
    refuse({ request, socket: client.socket, protocols: [], trace }, 'ticket_missing');
    return client;
  }

  const clients = Array.from({ length: 500 }, refused);
  expect(clients.every(({ answer }) => answer() === ACCEPTED)).toBe(true);
  const oneTooMany = refused();
  expect(oneTooMany.answer()).toBe(REFUSED);

  const [first] = clients;
  first?.socket.destroy();
  if (first) await once(first.socket, 'close');
  const next = refused();
  expect(next.answer()).toBe(ACCEPTED);
  for (const { socket } of [...clients, oneTooMany, next]) socket.destroy();
});

it('does not wait for clients that are gone', () => {
  const refuse = createRefuser();
  for (let n = 0; n < 500; n += 1) {
    const { socket } = lingeringClient();
    socket.destroy();
    refuse({ request, socket, protocols: [], trace }, 'ticket_missing');
  }
  const { socket, answer } = lingeringClient();
  refuse({ request, socket, protocols: [], trace }, 'ticket_missing');
  expect(answer()).toBe(ACCEPTED);
  socket.destroy();
});
