import { parseScopeRule } from '@admit-one/identity';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Engines,
  type Fixture,
  FRONTEND,
  type SentHeaders,
  startEngines,
  startFixture,
} from '../audit-service.fixture.ts';

const PATH = '/api/v1/audit/sequences';
const rules = ['groups:sre=audit:read', 'user:ann@example.com=audit:read', 'groups:Zürich=audit:read'];
const headers = { userHeader: 'x-forwarded-email', groupsHeader: 'x-forwarded-groups' };
const bob = { 'x-forwarded-email': 'bob@example.com' };
const sre = { ...bob, 'x-forwarded-groups': 'sre' };

let engines: Engines;
/** The tests come from the address of its proxy. */
let behindProxy: Fixture;
/** The tests come from elsewhere. */
let besideProxy: Fixture;
let withoutProxy: Fixture;

function start(addresses?: readonly string[]): Promise<Fixture> {
  const proxy = addresses ? { addresses, ...headers } : null;
  return startFixture(engines, { operators: { scopeRules: rules.map(parseScopeRule), proxy } });
}

beforeAll(async () => {
  engines = await startEngines();
  behindProxy = await start(['10.1.2.3', '127.0.0.1']);
  besideProxy = await start(['10.0.0.0/8', '192.0.2.7']);
  withoutProxy = await start();
});
afterAll(async () => {
  await behindProxy.stop();
  await besideProxy.stop();
  await withoutProxy.stop();
  await engines.close();
});

/** What the proxy writes: UTF-8, where Node's client would write Latin-1. */
function utf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}

describe('the word of a proxy', () => {
  test.each<[string, SentHeaders, number]>([
    ['a group', sre, 200],
    ['one group of several', { ...bob, 'x-forwarded-groups': 'dev, sre ,ops' }, 200],
    ['a group in another script', { ...bob, 'x-forwarded-groups': utf8('dev,Zürich') }, 200],
    ['a user', { 'x-forwarded-email': 'ann@example.com' }, 200],
    ['a user, and basic credentials', { ...sre, authorization: 'Basic YTpi' }, 200],
    ['names in another case', { 'X-FORWARDED-EMAIL': 'ann@example.com' }, 200],
    ['another group', { ...bob, 'x-forwarded-groups': 'sre-trainee,SRE,sr' }, 403],
    ['no group', { ...bob, 'x-forwarded-groups': '' }, 403],
    ['groups between spaces', { ...bob, 'x-forwarded-groups': 'dev sre' }, 403],
    ['a scope', { ...bob, scope: 'audit:read', 'x-forwarded-groups': 'audit:read' }, 403],
    ['groups of nobody', { 'x-forwarded-groups': 'sre' }, 401],
    ['groups of nobody in particular', { ...sre, 'x-forwarded-email': ' ' }, 401],
    ['two users', { ...sre, 'x-forwarded-email': ['bob@example.com', 'ann@example.com'] }, 401],
    ['two users in one header', { ...sre, 'x-forwarded-email': 'bob@example.com, ann@example.com' }, 401],
    ['the same user twice', { ...sre, 'x-forwarded-email': ['a@example.com', 'a@example.com'] }, 401],
    ['two headers of groups', { ...bob, 'x-forwarded-groups': ['dev', 'sre'] }, 401],
    ['a user without end', { ...sre, 'x-forwarded-email': 'a'.repeat(257) }, 401],
    ['a user with a control character', { ...sre, 'x-forwarded-email': 'a\tb' }, 401],
    ['a header that is not configured', { 'x-forwarded-user': 'ann@example.com' }, 401],
    ['a header with another dash', { x_forwarded_email: 'ann@example.com' }, 401],
  ])('%s', async (_name, said, status) => {
    const answer = await behindProxy.ask(PATH, said);
    expect(answer.status, String(answer.body.detail)).toBe(status);
  });

  test('is not believed of others, whatever else they say', async () => {
    const disguises: readonly SentHeaders[] = [
      {},
      { 'x-forwarded-for': '10.1.2.3' },
      { 'x-forwarded-for': '192.0.2.7, 10.0.0.1', 'x-real-ip': '10.0.0.1', forwarded: 'for=10.0.0.1' },
      { host: '10.1.2.3', via: '1.1 proxy' },
    ];
    for (const disguise of disguises) {
      const { status, body } = await besideProxy.ask(PATH, { ...sre, ...disguise });
      expect({ status, code: body.code }).toEqual({ status: 401, code: 'INVALID_TOKEN' });
      expect(body.detail).toContain('OPERATOR_PROXY_ADDRESSES');
      expect(body.detail).not.toContain('bob@example.com');
    }
  });

  test('is nothing where no proxy is configured', async () => {
    const { status, body } = await withoutProxy.ask(PATH, sre);
    expect(status).toBe(401);
    expect(body.detail).not.toMatch(/proxy/i);
  });

  test('counts less than a token', async () => {
    const ask = async (claims: object) =>
      behindProxy.ask(PATH, {
        ...sre,
        authorization: `Bearer ${await engines.provider.token({ ...claims })}`,
      });
    expect(await ask({})).toMatchObject({ status: 403 });
    expect(await ask({ aud: 'someone-else' })).toMatchObject({ status: 401 });
    expect(await ask({ scope: 'audit:read' })).toMatchObject({ status: 200 });
  });

  test('that grants nothing is answered with the rule to add', async () => {
    const { status, body } = await behindProxy.ask(PATH, bob);
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'INSUFFICIENT_SCOPE' });
    expect(body.detail).toMatch(/^No rule grants the scope audit:read .*OPERATOR_SCOPE_RULES/);
  });

  test('cannot be read by a page that makes a browser send the cookie of the proxy', async () => {
    const answer = await behindProxy.ask(PATH, { ...sre, origin: FRONTEND });
    expect(answer).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': FRONTEND } });
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  });
});
