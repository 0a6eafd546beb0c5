import { randomUUID } from 'node:crypto';
import { readTicketServiceVariables, ticketConfigOf } from '@admit-one/config';
import {
  bearerTokenOf,
  createTokenVerifier,
  type ExplainedTopic,
  explainUserToken,
  principalOf,
  TokenError,
  trustIssuers,
  type UserIssuerConfig,
} from '@admit-one/identity';
import {
  createSigningKey,
  type Issuance,
  keySetOf,
  mintShape,
  providerShapes,
  type SigningKey,
} from '@admit-one/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { pageFiles, promiseOf, readProviderPages } from './provider-pages.ts';

const pages = readProviderPages();
const engines = { NATS_URL: 'nats://nats:4222', REDIS_URL: 'redis://redis:6379/0' };

describe.each(providerShapes)('the explanation of tokens of $page, $name', (shape) => {
  const { settings } = promiseOf(shape, pages);
  const issuer = String(settings.JWT_ISSUER);
  let key: SigningKey;
  let config: UserIssuerConfig;

  beforeAll(async () => {
    key = await createSigningKey(shape.algorithm);
    const [configured] = ticketConfigOf(readTicketServiceVariables({ ...engines, ...settings })).issuers;
    if (!configured) throw new Error('the settings name no issuer');
    config = { ...configured, keys: { jwks: keySetOf([key]) } };
  });

  function explain(token: string, issuers: readonly UserIssuerConfig[] = [config]) {
    return explainUserToken(token, { prefix: 'JWT', listed: false, issuers, rule: config.principals });
  }

  async function checkThatRejects(token: string): Promise<string | null> {
    try {
      if (bearerTokenOf(`Bearer ${token}`) === null) throw new TokenError('missing');
      const verified = await createTokenVerifier({ issuers: trustIssuers([config]) }).verify(token);
      const { kind } = principalOf(verified, config.principals);
      return kind === 'principal' ? null : kind;
    } catch (error) {
      if (error instanceof TokenError) return error.check;
      throw error;
    }
  }

  function issuanceNow(): Issuance {
    const issuedAt = Math.floor(Date.now() / 1000);
    return { issuer, issuedAt, login: { id: randomUUID(), at: issuedAt } };
  }

  test('finds nothing wrong with the right one', async () => {
    expect(checksIn(await explain(await mintShape(shape.token(issuanceNow()), key)))).toEqual([]);
  });

  test.each(shape.mistakes)('names the check that rejects $name', async (mistake) => {
    const token = await mistake.mint(issuanceNow(), key);
    const check = await checkThatRejects(token);
    expect(check).not.toBeNull();
    expect(checksIn(await explain(token))).toContain(check);
  });

  test('shows the page, and the issuer and audience of the page, where no issuer is configured', async () => {
    const told = (await explain(await mintShape(shape.token(issuanceNow()), key), []))
      .filter(({ topic }) => topic === 'issuer')
      .flatMap(({ diagnostics }) =>
        diagnostics.flatMap(({ message, remedy = '' }) => [message, ...remedy.split('\n')]),
      );
    expect(told).toContain(`docs/identity/${shape.page}.md is about this provider`);
    expect(pageFiles()).toContain(`${shape.page}.md`);
    expect(told).toContain(`JWT_ISSUER=${issuer}`);
    const [audience] = told.filter((line) => line.startsWith('JWT_AUDIENCE='));
    expect(String(settings.JWT_AUDIENCE).split(',')).toContain(audience?.replace('JWT_AUDIENCE=', ''));
    expect(told.find((line) => line.startsWith('JWT_AUDIENCE_CLAIM='))).toBe(
      settings.JWT_AUDIENCE_CLAIM && `JWT_AUDIENCE_CLAIM=${settings.JWT_AUDIENCE_CLAIM}`,
    );
  });
});

function checksIn(topics: readonly ExplainedTopic[]): readonly string[] {
  return topics.flatMap(({ diagnostics }) =>
    diagnostics.flatMap((diagnostic) => (diagnostic.level === 'error' ? [diagnostic.check] : [])),
  );
}
