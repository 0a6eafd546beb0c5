import { type Message, newId } from '@admit-one/core';
import { type Connection, eventually } from '@admit-one/testkit';
import { describe, expect, test } from 'vitest';
import { expectStory } from '../stack/audit-log.ts';
import { askAdmin } from '../stack/control.ts';
import type { Stack } from '../stack/stack.ts';
import { connectAdmitted, connectWith, issueTicket } from '../stack/visitor.ts';

interface Reply {
  readonly connections: number;
  readonly listed?: readonly { readonly id: string; readonly edge: string; readonly openedAt: string }[];
  readonly edges: { readonly confirmed: readonly string[]; readonly unconfirmed: readonly string[] };
  readonly error?: { readonly code: string; readonly detail: string };
}

type Ask = (stack: Stack, verb: string, body: object) => Promise<Reply>;

const overHttp: Ask = async (stack, verb, body) =>
  (await askAdmin<Reply>(stack, 'POST', `connections/${verb}`, body)).reply;

const overBus: Ask = async (stack, verb, body) =>
  (await stack.backendRequests.request(`admit.backend.${verb}`, body, 5_000)) as Reply;

/** What a backend does with connections. @param running the stack, known when the tests run */
export function describeBackend(running: () => Stack): void {
  /** A connection of the user on every edge, on a route that sends back. */
  async function connections(claims: object): Promise<readonly Connection[]> {
    const stack = running();
    const token = await stack.users.token({ sessionId: newId(), ...claims });
    return Promise.all(
      stack.edges.map(async (_, edge) => connectAdmitted(stack, await issueTicket(stack, token), { edge })),
    );
  }

  describe.each([
    ['HTTP', overHttp],
    ['the bus', overBus],
  ])('a backend over %s', (_, ask) => {
    test('lists the connections of a user, at all edges', async () => {
      const stack = running();
      const user = `auth0|${newId()}`;
      const open = await connections({ sub: user });
      await connections({ sub: newId() });
      const { connections: count, listed = [], edges } = await ask(stack, 'list', { user });
      expect(count).toBe(open.length);
      expect(edges).toMatchObject({ unconfirmed: [] });
      expect(edges.confirmed).toHaveLength(stack.edges.length);
      expect(listed).toHaveLength(open.length);
      for (const one of listed) expect(one).toMatchObject({ route: 'default', issuer: 'main', user });
      expect(new Set(listed.map(({ edge }) => edge)).size).toBe(stack.edges.length);
    });

    test('sends to the connections of a session, once', async () => {
      const stack = running();
      const session = newId();
      const open = await connections({ sessionId: session });
      const long = 'é'.repeat(32_000);
      expect(await ask(stack, 'send', { session, text: long })).toMatchObject({
        connections: open.length,
      });
      await ask(stack, 'send', { session, base64: Buffer.of(1, 0, 255).toString('base64') });
      for (const { next } of open) expect([await next(), await next()]).toEqual([long, Buffer.of(1, 0, 255)]);
    });

    test('closes one connection, then all of the user, with its code and reason', async () => {
      const stack = running();
      const user = newId();
      const open = await connections({ sub: user });
      const { listed = [] } = await ask(stack, 'list', { user });
      const [first] = listed;
      const one = { connection: first?.id, code: 4001, reason: 'moved \u2192 there' };
      expect(await ask(stack, 'close', one)).toMatchObject({ connections: 1 });
      expect(await ask(stack, 'close', { user })).toMatchObject({ connections: open.length - 1 });
      const closed = await Promise.all(open.map((connection) => connection.closed));
      expect(closed.filter(({ code }) => code === 4001)).toEqual([
        { code: 4001, reason: 'moved \u2192 there' },
      ]);
      expect(closed.filter(({ code }) => code === 1000)).toHaveLength(open.length - 1);
      const [event] = await expectStory(stack, { connection: first?.id ?? '', type: CLOSED }, [CLOSED]);
      expect(event?.data).toMatchObject({ code: 4001, initiator: 'backend', reason: null });
    });

    test.each([
      ['no target', 'list', {}],
      ['two targets', 'list', { user: 'a', session: 'b' }],
      ['an unknown issuer', 'list', { user: 'a', issuer: 'nobody' }],
      ['a member that there is not', 'list', { user: 'a', all: true }],
      ['no message', 'send', { user: 'a' }],
      ['a code of the protocol', 'close', { user: 'a', code: 1006 }],
      ['a reason that is too long', 'close', { user: 'a', reason: '\u2192'.repeat(42) }],
    ])('is told what is wrong with a request with %s', async (_what, verb, body) => {
      const reply = await ask(running(), verb, body);
      expect(reply.error ?? reply).toMatchObject({
        code: 'INVALID_REQUEST',
        detail: expect.any(String),
      });
    });
  });

  describe('a backend that publishes to connections', () => {
    /** Publishes with a reply subject, and gives what comes back. */
    async function ask(subject: string, headers: Record<string, string> = {}): Promise<unknown> {
      const { backend } = running();
      const reply = `_INBOX.backend.${newId()}`;
      const answers: Message[] = [];
      const unsubscribe = backend.subscribe(reply, (message) => answers.push(message));
      // A subscription on NATS is in force some time after it was made.
      await eventually(
        () => {
          backend.publish({ subject, body: Buffer.from('hello'), headers, reply });
          return answers.length > 0;
        },
        { what: 'an answer', everyMs: 100 },
      );
      unsubscribe();
      return JSON.parse(Buffer.from(answers[0]?.body ?? []).toString());
    }

    async function chatAs(claims: object): Promise<Connection> {
      const stack = running();
      const token = await stack.users.token({ sessionId: newId(), ...claims });
      return connectWith(stack, await issueTicket(stack, token), { route: 'chat' });
    }

    test('is answered with an error where the id must be encoded and is not, and a metric tells it', async () => {
      const stack = running();
      const user = `auth0|${newId()}.x`;
      const connection = await chatAs({ sub: user });
      expect(await ask(`admit.ws.out.user.main.${user}`)).toEqual({
        error: { code: 'ID_NOT_ENCODED', detail: expect.stringContaining('base64url') },
      });
      const encoded = `=${Buffer.from(user).toString('base64url')}`;
      expect(await ask(`admit.ws.out.user.main.${encoded}`)).toMatchObject({ connections: 1 });
      expect(await connection.next()).toBe('hello');
      const metrics = await Promise.all(stack.metrics.map(async (url) => (await fetch(url)).text()));
      expect(metrics.join('\n')).toMatch(
        /^admit_bridge_messages_rejected_total\{.*reason="id_not_encoded".*\} [1-9]/m,
      );
      await connection.close();
    });

    test('closes connections by the header Admit-Event', async () => {
      const user = newId();
      const connection = await chatAs({ sub: user });
      const subject = `admit.ws.out.user.main.${user}`;
      const headers = {
        'Admit-Event': 'close',
        'Admit-Close-Code': '4002',
        'Admit-Close-Reason': 'bye%20%E2%86%92',
      };
      expect(await ask(subject, { ...headers, 'Admit-Close-Code': '1006' })).toMatchObject({
        error: { code: 'CLOSE_INVALID' },
      });
      expect(await ask(subject, headers)).toMatchObject({ connections: 1 });
      expect(await connection.closed).toEqual({ code: 4002, reason: 'bye \u2192' });
    });
  });
}

const CLOSED = 'admit.connection.closed';
