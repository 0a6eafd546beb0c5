import type { Message } from '@admit-one/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stack } from '../stack/stack.ts';
import { connectWith, issueTicket } from '../stack/visitor.ts';

/** @param running the stack, known when the tests run */
export function describeRoutes(running: () => Stack): void {
  describe('routes', () => {
    let stack: Stack;
    let heard: Message[];
    let stopListening: () => void;

    beforeAll(async () => {
      stack = running();
      heard = [];
      stopListening = stack.backend.subscribe('admit.ws.in.chat', (message) => heard.push(message));
    });

    afterAll(async () => {
      stopListening();
    });

    async function hear(session: string, event: string): Promise<Message> {
      const matching = () =>
        heard.find(({ headers }) => headers['Admit-Session'] === session && headers['Admit-Event'] === event);
      await expect.poll(matching).toBeDefined();
      return matching() as Message;
    }

    async function chatAs(sub: string, session: string) {
      const token = await stack.users.token({ sub, sessionId: session });
      return connectWith(stack, await issueTicket(stack, token), { route: 'chat' });
    }

    function say(subject: string, body: string | Uint8Array, headers: Record<string, string> = {}): void {
      stack.backend.publish({ subject, body: Buffer.from(body), headers, reply: null });
    }

    test('echo sends back what came, text and binary', async () => {
      const connection = await connectWith(stack, await issueTicket(stack));
      connection.socket.send('grüße');
      expect(await connection.next()).toBe('grüße');
      connection.socket.send(Buffer.of(0, 255, 1));
      expect(await connection.next()).toEqual(Buffer.of(0, 255, 1));
      await connection.close();
    });

    test('bridge takes messages to the backend with the principal, and the answer back', async () => {
      const connection = await chatAs('alice', 'chat-1');
      await hear('chat-1', 'opened');
      connection.socket.send('hello');
      const message = await hear('chat-1', 'message');
      expect(Buffer.from(message.body).toString()).toBe('hello');
      expect(message.headers).toMatchObject({
        'Admit-Issuer': 'main',
        'Admit-User': 'alice',
        'Admit-Connection': expect.any(String),
      });
      say(message.reply ?? '', 'hello yourself');
      expect(await connection.next()).toBe('hello yourself');
      await connection.close();
      await hear('chat-1', 'closed');
    });

    test('bridge passes on the attributes of a principal, whatever they hold', async () => {
      const attributes = {
        roles: ['admin', 'Žofie 🎟'],
        ['__proto__']: 'a\r\nAdmit-User: root\0',
        'https://example.com/plan?': '100 % "é"',
        seats: 3,
        gone: null,
      };
      const token = await stack.users.token({ ...attributes, sessionId: 'attributes', other: 'kept' });
      const connection = await connectWith(stack, await issueTicket(stack, token), { route: 'chat' });
      const { headers } = await hear('attributes', 'opened');
      const passedOn = Buffer.from(headers['Admit-Attributes'] ?? '', 'base64url').toString();
      expect(Object.entries(JSON.parse(passedOn))).toEqual([
        ['roles', '["admin","Žofie 🎟"]'],
        ['__proto__', 'a\r\nAdmit-User: root\0'],
        ['https://example.com/plan?', '100 % "é"'],
        ['seats', '3'],
      ]);
      await connection.close();
    });

    test('bridge pushes to a session, a user, everybody on a route, and to nobody else', async () => {
      const alice = await chatAs('alice', 'push-alice');
      const bob = await chatAs('bob', 'push-bob');
      await hear('push-alice', 'opened');
      await hear('push-bob', 'opened');

      say('admit.ws.out.session.main.push-alice', 'to the session');
      say('admit.ws.out.user.main.bob', 'to the user');
      say('admit.ws.out.route.chat', 'to all');
      expect([await alice.next(), await alice.next()].sort()).toEqual(['to all', 'to the session']);
      expect([await bob.next(), await bob.next()].sort()).toEqual(['to all', 'to the user']);
      await alice.close();
      await bob.close();
    });

    test('ids that are no plain subject token are written = and base64url', async () => {
      const user = 'auth0|a.b*c>d e';
      const connection = await chatAs(user, 'odd-1');
      await hear('odd-1', 'opened');
      say(`admit.ws.out.user.main.=${Buffer.from(user).toString('base64url')}`, 'found you');
      expect(await connection.next()).toBe('found you');
      await connection.close();
    });

    test('binary stays binary over the bridge', async () => {
      const connection = await chatAs('carol', 'binary-1');
      const opened = await hear('binary-1', 'opened');
      connection.socket.send(Buffer.of(1, 0, 254));
      const message = await hear('binary-1', 'message');
      expect(Buffer.from(message.body)).toEqual(Buffer.of(1, 0, 254));
      expect(message.headers['Admit-Message-Type']).toBe('binary');
      say(opened.reply ?? '', Buffer.of(9, 8), { 'Admit-Message-Type': 'binary' });
      expect(await connection.next()).toEqual(Buffer.of(9, 8));
      await connection.close();
    });
  });
}
