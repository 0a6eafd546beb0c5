import { TokenError, tokenRejectionOf } from '@admit-one/identity';
import {
  createSigningKey,
  eventually,
  type IdentityProvider,
  type ProviderMode,
  startIdentityProvider,
} from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEmbedded } from '../../stack/embedded.ts';
import type { Stack } from '../../stack/stack.ts';
import type { Problem } from '../../stack/visitor.ts';
import { eventsByTrace } from '../events-by-trace.ts';

/** One that fails at once, one that is too slow, one that answers nonsense: `libs/identity` has the others. */
const modes = ['down', 'silent', 'html'] as const satisfies readonly ProviderMode[];

/** Longer than a fetch of keys may take. */
const DEADLINE_MS = 20_000;
const sentenceOf = (check: 'keys' | 'key') => tokenRejectionOf(new TokenError(check), 'JWT').detail;

const providers = new Map<string, IdentityProvider>();
let stack: Stack;

beforeAll(async () => {
  for (const alias of [...modes.flatMap((mode) => [`cold-${mode}`, `warm-${mode}`]), 'rotating'])
    providers.set(alias, await startIdentityProvider());
  const entries = [...providers].map(([alias, { issuer, audience, jwksUrl }]) => ({
    alias,
    issuer,
    audience,
    jwksUrl,
  }));
  const ownIssuer = { JWT_ISSUER: '', JWT_AUDIENCE: '', JWT_JWKS_URL: '' };
  stack = await startEmbedded({ ...ownIssuer, JWT_ISSUERS: JSON.stringify(entries) });
});

afterAll(async () => {
  await stack.stop();
  for (const provider of providers.values()) await provider.close();
});

function provider(alias: string): IdentityProvider {
  const found = providers.get(alias);
  if (!found) throw new Error(`no provider ${alias}`);
  return found;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly problem: Problem;
  readonly ms: number;
}

async function ask(token: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}` };
  const askedAt = performance.now();
  const response = await fetch(`${stack.tickets}/api/websocket/ticket`, { method: 'POST', headers });
  const problem = (await response.json()) as Problem;
  return { status: response.status, headers: response.headers, problem, ms: performance.now() - askedAt };
}

async function expectAccepted(token: string): Promise<void> {
  const { status, problem } = await ask(token);
  expect(status, JSON.stringify(problem)).toBe(200);
}

/** Has the keys fetched, and gives how many fetches that took: more than one where the machine is busy. */
async function fetchKeysWith(token: string, from: IdentityProvider): Promise<number> {
  await eventually(() => expectAccepted(token), { what: 'the keys', everyMs: 100 });
  return from.fetches;
}

describe.concurrent.each(modes)('an issuer whose keys are %s', (mode) => {
  test('and not known yet is out of reach, told so in time, and back when it is', async () => {
    const cold = provider(`cold-${mode}`);
    cold.behave(mode);
    const { status, headers, problem, ms } = await ask(await cold.token());
    expect(problem).toMatchObject({ status: 503, code: 'ISSUER_UNAVAILABLE', detail: sentenceOf('keys') });
    expect(status).toBe(503);
    expect(Object.fromEntries(headers)).toMatchObject({ 'retry-after': '5', 'cache-control': 'no-store' });
    expect(headers.has('www-authenticate')).toBe(false);
    expect(ms).toBeLessThan(DEADLINE_MS);
    const rejected = await eventsByTrace(stack, { reason: 'issuer_unavailable' }, [problem.traceId]);
    expect(rejected.get(problem.traceId)).toMatchObject([{ type: 'admit.issuance.rejected' }]);

    cold.behave('up');
    await eventually(async () => expectAccepted(await cold.token()), { what: 'the keys', everyMs: 100 });
    expect(cold.fetches).toBeLessThanOrEqual(4);
  });
});

// One after the other: a flood that waits for those of the other modes may come after the keys' ten seconds.
describe.each(modes)('an issuer whose keys are %s', (mode) => {
  test('and known already signs on whom it knows, and is asked for no key that it never had', async () => {
    const warm = provider(`warm-${mode}`);
    // Made before the keys are known: ten seconds later, a key that is not among them is asked for once more.
    const [known, another] = [await warm.token({ sub: 'known' }), await warm.token({ sub: 'another' })];
    const forger = await createSigningKey('ES256');
    const forged = await Promise.all(
      Array.from({ length: 30 }, (_, n) => warm.token({}, { key: forger, header: { kid: `forged-${n}` } })),
    );
    const fetches = await fetchKeysWith(known, warm);
    warm.behave(mode);
    const flood = await Promise.all(forged.map(ask));
    for (const { status, problem } of flood) {
      expect(problem).toMatchObject({ code: 'INVALID_TOKEN', detail: sentenceOf('key') });
      expect(status).toBe(401);
    }
    for (const token of [known, another]) await expectAccepted(token);
    expect(warm.fetches).toBe(fetches);
  });
});

describe.concurrent('an issuer that takes another key', () => {
  test('has it noticed, while whom it signed on before stays', async () => {
    const rotating = provider('rotating');
    const known = await rotating.token();
    const fetches = await fetchKeysWith(known, rotating);
    await rotating.rotate();
    const fresh = await rotating.token();
    expect(await ask(fresh)).toMatchObject({ status: 401, problem: { detail: sentenceOf('key') } });
    await expectAccepted(known);
    await eventually(() => expectAccepted(fresh), { what: 'the new key', everyMs: 250 });
    await expectAccepted(known);
    expect(rotating.fetches).toBe(fetches + 1);
  });
});
