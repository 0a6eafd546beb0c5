import { createBrowserSession, type OpenIdProvider, startOpenIdProvider } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNothingMissing, expectStory } from '../stack/audit-log.ts';
import { startEmbedded } from '../stack/embedded.ts';
import type { Stack } from '../stack/stack.ts';
import { connectWith, issueTicket } from '../stack/visitor.ts';

const ENDED = { code: 4501, reason: 'SESSION_REVOKED The session was ended. Log in again.' };
const CLIENTS = [
  { id: 'web', namesSession: true },
  { id: 'intranet', namesSession: false },
  { id: 'unknown-here', namesSession: true },
] as const;

describe('a log-out at the package oidc-provider', () => {
  let provider: OpenIdProvider;
  let stack: Stack;
  let users = 0;

  beforeAll(async () => {
    provider = await startOpenIdProvider();
    stack = await startEmbedded({
      JWT_ISSUER: provider.issuer,
      JWT_AUDIENCE: provider.audience,
      JWT_JWKS_URL: '',
      JWT_LOGOUT_AUDIENCE: 'web,intranet',
    });
    const url = `${stack.tickets}/oidc/backchannel-logout`;
    await provider.serve(CLIENTS.map(({ id, namesSession }) => ({ id, logout: { url, namesSession } })));
  });

  afterAll(async () => {
    await expectNothingMissing(stack);
    await stack.stop();
    await provider.close();
  });

  function newUser(): string {
    users += 1;
    return `user-${users}`;
  }

  /** A browser in which the user has logged in, with a connection that is admitted. */
  async function visit(user: string, client: (typeof CLIENTS)[number]['id'] = 'web') {
    const browser = createBrowserSession(provider);
    const token = await browser.logIn(client, user);
    const connection = await connectWith(stack, await issueTicket(stack, token));
    const isOpen = async () => {
      connection.socket.send('still here');
      return (await connection.next()) === 'still here';
    };
    expect(await isOpen()).toBe(true);
    return { browser, token, connection, isOpen, unused: await issueTicket(stack, token) };
  }

  /** What became of the logout tokens that the provider sent for a log-out. */
  async function logOut({ browser }: Pick<Awaited<ReturnType<typeof visit>>, 'browser'>) {
    const before = provider.sent.length;
    await browser.logOut();
    return provider.sent.slice(before);
  }

  function send(token: string): Promise<Response> {
    return fetch(`${stack.tickets}/oidc/backchannel-logout`, {
      method: 'POST',
      body: new URLSearchParams({ logout_token: token }),
    });
  }

  test('closes the connections of its session, and leaves those of another one open', async () => {
    const user = newUser();
    const [ended, kept] = [await visit(user), await visit(user)];
    expect(await logOut(ended)).toMatchObject([{ client: 'web', status: 200 }]);

    expect(await ended.connection.closed).toMatchObject(ENDED);
    await expect(issueTicket(stack, ended.token)).rejects.toThrow(/401 .*SESSION_REVOKED/);
    await expect(connectWith(stack, ended.unused)).rejects.toMatchObject({ status: 401 });
    const [revoked] = await expectStory(
      stack,
      { type: 'admit.session.revoked', session: sessionOf(ended.token) },
      ['admit.session.revoked'],
    );
    expect(revoked?.data).toMatchObject({ kind: 'session', by: 'issuer:main', why: 'back-channel logout' });

    expect(await kept.isOpen()).toBe(true);
    expect(await issueTicket(stack, kept.token)).toHaveProperty('ticket');
    await kept.connection.close();
  });

  test('closes the connections of all sessions of the user where its token names none', async () => {
    const user = newUser();
    const ended = [await visit(user, 'intranet'), await visit(user, 'intranet')];
    const other = await visit(newUser(), 'intranet');
    const [first] = ended;
    expect(first && (await logOut(first))).toMatchObject([{ client: 'intranet', status: 200 }]);
    for (const { connection, token } of ended) {
      expect(await connection.closed).toMatchObject(ENDED);
      await expect(issueTicket(stack, token)).rejects.toThrow(/401 .*SESSION_REVOKED/);
    }
    expect(await other.isOpen()).toBe(true);
    await other.connection.close();
  });

  test('closes nothing where its token is for a client that is not configured', async () => {
    const visitor = await visit(newUser(), 'unknown-here');
    const [sent] = await logOut(visitor);
    expect(sent).toMatchObject({ client: 'unknown-here', status: 400 });
    expect(await (await send(sent?.token ?? '')).json()).toMatchObject({
      error: 'invalid_request',
      error_description: expect.stringContaining('another audience (aud): set logoutAudience'),
    });
    expect(await visitor.isOpen()).toBe(true);
    await visitor.connection.close();
  });

  test('is taken once: its token ends no later login', async () => {
    const user = newUser();
    const [sent] = await logOut(await visit(user));
    const later = await visit(user);
    const replayed = await send(sent?.token ?? '');
    expect(replayed.status).toBe(400);
    expect(await replayed.json()).toMatchObject({ error_description: expect.stringContaining('(jti)') });
    expect(await later.isOpen()).toBe(true);
    await later.connection.close();
  });
});

function sessionOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid;
}
