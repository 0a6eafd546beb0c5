import { randomUUID } from 'node:crypto';
import {
  type IdentityProvider,
  type Issuance,
  mintShape,
  type ProviderShape,
  providerShapes,
  startIdentityProvider,
} from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { promiseOf, readProviderPages } from '../documents/provider-pages.ts';
import { events, expectNothingMissing, expectStory } from '../stack/audit-log.ts';
import { startEmbedded } from '../stack/embedded.ts';
import type { Stack } from '../stack/stack.ts';
import { connectWith, issueTicket, type Problem } from '../stack/visitor.ts';

const pages = readProviderPages();

describe('the tokens of', () => {
  const providers = new Map<string, IdentityProvider>();
  let stack: Stack;

  beforeAll(async () => {
    const shapes = new Map(providerShapes.map((shape) => [shape.alias, shape]));
    for (const { alias, issuerPath: path, algorithm } of shapes.values())
      providers.set(alias, await startIdentityProvider({ path, algorithm }));
    const entries = [...providers].map(([alias, provider]) => entryOf(alias, provider));
    const ownIssuer = { JWT_ISSUER: '', JWT_AUDIENCE: '', JWT_JWKS_URL: '' };
    stack = await startEmbedded({ ...ownIssuer, JWT_ISSUERS: JSON.stringify(entries) });
  });

  afterAll(async () => {
    await expectNothingMissing(stack);
    await stack.stop();
    for (const provider of providers.values()) await provider.close();
  });

  describe.each(providerShapes)('$page, $name', (shape) => {
    const promised = promiseOf(shape, pages);

    function providerOf({ alias }: ProviderShape): IdentityProvider {
      const provider = providers.get(alias);
      if (!provider) throw new Error(`no provider ${alias}`);
      return provider;
    }

    function issuance(login: Issuance['login'], issuedAt: number): Issuance {
      return { issuer: providerOf(shape).issuer, issuedAt, login };
    }

    /** The ticket of such a token, and the principal that the audit log has it issued to. */
    async function ticketFor(circumstances: Issuance) {
      const issued = await issueTicket(stack, await mintShape(shape.token(circumstances), providerOf(shape)));
      const query = { ticket: issued.ticketId, type: 'admit.ticket.issued' };
      const [event] = await expectStory(stack, query, ['admit.ticket.issued']);
      return { issued, principal: event?.data.principal as { session: string; attributes: object } };
    }

    test('get tickets for the session that the page promises, and open connections', async () => {
      const now = Math.floor(Date.now() / 1000);
      const login = { id: randomUUID(), at: now - 30 };
      const first = issuance(login, login.at);
      const { issued, principal } = await ticketFor(first);
      expect(principal).toMatchObject(promised.principal(first));
      const { claims } = shape.token(first);
      const attributes = listOf(promised.settings.PRINCIPAL_ATTRIBUTES).filter((name) => name in claims);
      expect(Object.keys(principal.attributes).sort()).toEqual(attributes.sort());

      await (await connectWith(stack, issued)).close();
      const [consumed] = await expectStory(
        stack,
        { ticket: issued.ticketId, type: 'admit.ticket.consumed' },
        ['admit.ticket.consumed'],
      );
      expect(consumed?.data.principal).toEqual(principal);

      const refreshed = await ticketFor(issuance(login, now));
      const another = await ticketFor(issuance({ id: randomUUID(), at: now }, now));
      const said = (session: string) => (session === principal.session ? 'the same' : 'another');
      expect(said(refreshed.principal.session)).toBe(promised.afterRefresh);
      expect(said(another.principal.session)).toBe(promised.afterAnotherLogin);
    });

    test.each(shape.mistakes)('are rejected where it is $name', async (mistake) => {
      const now = Math.floor(Date.now() / 1000);
      const token = await mistake.mint(issuance({ id: randomUUID(), at: now }, now), providerOf(shape));
      const response = await fetch(`${stack.tickets}/api/websocket/ticket`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
      const problem = (await response.json()) as Problem;
      expect(problem.detail).toMatch(promised.rejection(mistake.name));
      const code = problem.detail.includes('names no session') ? 'MISSING_SESSION' : 'INVALID_TOKEN';
      expect({ status: response.status, code: problem.code }).toEqual({ status: 401, code });
      await expect
        .poll(async () => {
          const rejected = await events(stack, { type: 'admit.issuance.rejected' });
          return rejected.map(({ data }) => data.detail);
        })
        .toContain(problem.detail);
    });
  });
});

/** The entry of `JWT_ISSUERS` that says what the page's settings say, of a provider that runs here. */
function entryOf(alias: string, provider: IdentityProvider): object {
  const settings = pages.map((page) => page.settings.get(alias)).find((found) => found !== undefined) ?? {};
  return {
    alias,
    issuer: provider.issuer,
    audience: listOf(settings.JWT_AUDIENCE),
    audienceClaim: settings.JWT_AUDIENCE_CLAIM,
    jwksUrl: settings.JWT_JWKS_URL && provider.jwksUrl,
    sessionClaims: settings.JWT_SESSION_CLAIMS && listOf(settings.JWT_SESSION_CLAIMS),
    sessionPolicy: settings.SESSION_POLICY,
    userClaim: settings.JWT_USER_CLAIM,
    attributes: listOf(settings.PRINCIPAL_ATTRIBUTES),
  };
}

function listOf(text = ''): string[] {
  return text.split(',');
}
