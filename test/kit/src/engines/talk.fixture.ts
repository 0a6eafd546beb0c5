import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { within } from '../within.ts';
import type { Engine } from './engine.ts';

/** A connection to an engine on which its own kind of ping is said by hand, so that no client retries anything. */
export interface Talk {
  readonly socket: Socket;
  /** Sends, and resolves with all that has come once the reply is in it. */
  say(words: string | Buffer, reply: string | RegExp, timeoutMs?: number): Promise<string>;
}

export async function talkTo({ host, port }: Engine): Promise<Talk> {
  const socket = connect({ host, port });
  let heard = '';
  socket.on('data', (data) => {
    heard += data.toString('latin1');
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return {
    socket,
    async say(words, reply, timeoutMs) {
      heard = '';
      socket.write(words);
      const complete = new Promise<string>((resolve) => {
        const listen = () => {
          if (typeof reply === 'string' ? !heard.includes(reply) : !reply.test(heard)) return;
          socket.off('data', listen);
          resolve(heard);
        };
        socket.on('data', listen);
      });
      return within(complete, 'a reply', timeoutMs);
    },
  };
}

/** A message of PostgreSQL's protocol: type, length, content. */
function postgresMessage(type: string, content: string | Buffer): Buffer {
  const body = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

const READY_FOR_QUERY = 'Z\0\0\0\x05I';
const PROTOCOL_3_0 = Buffer.from([0, 3, 0, 0]);

/** What opens a conversation and what is a ping, by engine. */
export const manners = {
  redis: { hello: 'PING\r\n', welcome: '+PONG', ping: 'PING\r\n', pong: '+PONG' },
  nats: { hello: 'CONNECT {}\r\nPING\r\n', welcome: 'PONG', ping: 'PING\r\n', pong: 'PONG' },
  postgres: {
    hello: postgresMessage(
      '',
      Buffer.concat([PROTOCOL_3_0, Buffer.from('user\0postgres\0database\0postgres\0\0')]),
    ),
    welcome: READY_FOR_QUERY,
    ping: postgresMessage('Q', 'SELECT 6*7\0'),
    pong: READY_FOR_QUERY,
  },
};
