import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { createUpgradeAnswerer } from './answer-upgrade.ts';

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

const handshake = {
  headers: { origin: 'https://a.example', 'sec-websocket-key': 'key' },
  protocols: [],
  trace: { traceId: 'trace', traceparent: null },
};
const rejection = { reason: 'ticket_missing' } as const;

const ACCEPTED = 'HTTP/1.1 101 Switching Protocols';
const REJECTED = 'HTTP/1.1 401 Unauthorized';

it('answers at most 500 browsers at a time by a close frame, and the others by HTTP', async () => {
  const answerUpgrade = createUpgradeAnswerer();
  function rejected() {
    const client = lingeringClient();
    answerUpgrade(client.socket, handshake, rejection);
    return client;
  }

  const clients = Array.from({ length: 500 }, rejected);
  expect(clients.every(({ answer }) => answer() === ACCEPTED)).toBe(true);
  const oneTooMany = rejected();
  expect(oneTooMany.answer()).toBe(REJECTED);

  const [first] = clients;
  first?.socket.destroy();
  if (first) await once(first.socket, 'close');
  const next = rejected();
  expect(next.answer()).toBe(ACCEPTED);
  for (const { socket } of [...clients, oneTooMany, next]) socket.destroy();
});

it('does not wait for clients that are gone', () => {
  const answerUpgrade = createUpgradeAnswerer();
  for (let n = 0; n < 500; n += 1) {
    const { socket } = lingeringClient();
    socket.destroy();
    answerUpgrade(socket, handshake, rejection);
  }
  const { socket, answer } = lingeringClient();
  answerUpgrade(socket, handshake, rejection);
  expect(answer()).toBe(ACCEPTED);
  socket.destroy();
});
