import { BREAK_GLASS, createTokenIssuer, generateSigningKey, signBreakGlassToken } from '@admit-one/identity';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Engines, type Fixture, startEngines, startFixture } from '../audit-service.fixture.ts';

const PATH = '/api/v1/audit/sequences';
const key = generateSigningKey();
const { issuer, audience, maxSeconds } = BREAK_GLASS;
const glass = createTokenIssuer({ issuer, audience, key });
const use = { subject: 'ann', reason: 'incident 42', ttlSeconds: 600 };

let engines: Engines;

beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines.close());

async function start({ breakGlass = glass.jwks(), fetchesKeys = false } = {}): Promise<Fixture> {
  const fixture = await startFixture(engines, { operators: { breakGlass }, fetchesKeys });
  onTestFinished(() => fixture.stop());
  return fixture;
}

/** A token as somebody with the key could make it, in place of `admit`. */
function forged(claims: object, ttlSeconds = 600): Promise<string> {
  return glass.sign({ sub: 'ann', scope: 'audit:read', reason: 'why', jti: 'id', ...claims }, { ttlSeconds });
}

describe('a token made offline', () => {
  test('reads the audit log while the issuer of operators is down', async () => {
    engines.provider.behave('failing');
    onTestFinished(() => engines.provider.behave('up'));
    const { get } = await start({ fetchesKeys: true });
    expect(await get(PATH, await signBreakGlassToken(key, use))).toMatchObject({ status: 200 });
  });

  test('leaves a trace at its first use, in the log and in the audit log, without itself', async () => {
    const { get, logs, instance } = await start();
    const token = await signBreakGlassToken(key, use);
    for (const path of [PATH, PATH, '/api/v1/audit/events']) await get(path, token);
    await get(PATH);
    expect(logs.named('break_glass_used')).toEqual([
      expect.objectContaining({
        severity: 'WARNING',
        subject: 'ann',
        justification: 'incident 42',
        scopes: ['audit:read'],
        traceId: expect.any(String),
      }),
    ]);
    await get(PATH, await signBreakGlassToken(key, use));
    expect(logs.named('break_glass_used')).toHaveLength(2);
    expect(logs.text).not.toContain(token);
    const accessed = async () => {
      const { events } = await engines.auditLog.query(
        { facts: { type: { include: ['admit.audit.accessed'] } } },
        { limit: 1000, order: 'asc' },
      );
      return events.filter(({ source }) => source === instance);
    };
    await expect.poll(accessed).toHaveLength(2);
    const [first] = await accessed();
    expect(first?.data).toEqual({
      operator: { subject: 'ann', from: 'break_glass', tokenId: expect.any(String) },
      justification: 'incident 42',
    });
    expect(JSON.stringify(await accessed())).not.toContain(token);
  });

  test('cannot write into the log more than it says', async () => {
    const { get, logs } = await start();
    const reason = '"}\u2028 {"severity":"CRITICAL"} <script> %s \\n';
    await get(PATH, await signBreakGlassToken(key, { ...use, reason }));
    expect(logs.named('break_glass_used')).toMatchObject([{ justification: reason }]);
    expect(logs.lines.some(({ severity }) => severity === 'CRITICAL')).toBe(false);
  });

  test.each<[string, () => Promise<string>, RegExp]>([
    [
      'good for longer than a day',
      () => forged({}, maxSeconds + 1),
      /longer than 24 hours.*admit-one\/cli token/,
    ],
    ['without a reason', () => forged({ reason: '' }), /its reason/],
    ['with a reason of several lines', () => forged({ reason: 'a\nb' }), /its reason/],
    ['with a reason without end', () => forged({ reason: 'a'.repeat(257) }), /its reason/],
    ['without an id', () => forged({ jti: undefined }), /its id/],
    ['without a subject', () => forged({ sub: undefined }), /\(sub\)/],
    ['that has expired', () => forged({}, -60), /expired/],
    ['of another key', () => signBreakGlassToken(generateSigningKey(), use), /No key|signature/],
    [
      'for another audience',
      () => createTokenIssuer({ issuer, audience: 'admit-one', key }).sign({ sub: 'a' }, { ttlSeconds: 9 }),
      /audience/,
    ],
    [
      'of the issuer of operators',
      () => engines.provider.token({ iss: issuer, scope: 'audit:read', reason: 'why', jti: 'id' }),
      /No key|signature/,
    ],
  ])('is rejected %s', async (_name, token, detail) => {
    const { get, logs } = await start();
    const { status, body } = await get(PATH, await token());
    expect({ status, code: body.code, detail: body.detail }).toEqual({
      status: 401,
      code: 'INVALID_TOKEN',
      detail: expect.stringMatching(detail),
    });
    expect(logs.named('break_glass_used')).toEqual([]);
  });

  test('has no scope but its own', async () => {
    const { get } = await start();
    const { status, body } = await get(PATH, await forged({ scope: 'audit:everything' }));
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'INSUFFICIENT_SCOPE' });
    expect(body.detail).toContain('npx @admit-one/cli token --break-glass');
  });

  test('is rejected where its key was withdrawn', async () => {
    const successor = generateSigningKey();
    const { get } = await start({
      breakGlass: createTokenIssuer({ issuer, audience, key: successor }).jwks(),
    });
    expect(await get(PATH, await signBreakGlassToken(key, use))).toMatchObject({ status: 401 });
    expect(await get(PATH, await signBreakGlassToken(successor, use))).toMatchObject({ status: 200 });
  });

  test('is rejected at every instance once it was withdrawn by its id, and no other', async () => {
    const [one, other] = [await start(), await start()];
    const [token, kept] = [await signBreakGlassToken(key, use), await signBreakGlassToken(key, use)];
    const { jti: tokenId } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const withdrawal = { tokenId, reason: 'INC-7: on a lost phone' };
    const withdraw = (scope: string) => one.post('/api/v1/audit/break-glass/withdrawals', withdrawal, scope);
    expect(await withdraw('audit:read audit:acknowledge')).toMatchObject({ status: 403 });
    expect(await other.get(PATH, token)).toMatchObject({ status: 200 });
    expect(await withdraw('tickets:revoke')).toMatchObject({
      status: 201,
      body: { tokenId, operator: 'test-user' },
    });
    for (const { get } of [one, other])
      for (const path of [PATH, '/api/v1/audit/session'])
        expect(await get(path, token)).toMatchObject({
          status: 401,
          body: { code: 'INVALID_TOKEN', detail: expect.stringContaining('was withdrawn') },
        });
    expect(await other.get(PATH, kept)).toMatchObject({ status: 200 });
    expect(await withdraw('tickets:revoke')).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('already') },
    });
    const recorded = async () => {
      const { events } = await engines.auditLog.query(
        { facts: { type: { include: ['admit.audit.accessed'] }, source: { include: [one.instance] } } },
        { limit: 10, order: 'asc' },
      );
      return events.map(({ data }) => data);
    };
    await expect.poll(recorded).toContainEqual({
      operator: { subject: 'test-user', from: 'token' },
      withdrawn: { tokenId },
      justification: withdrawal.reason,
    });
  });

  test.each([{}, { tokenId: 'id' }, { tokenId: 'id', reason: ' ' }, { tokenId: '', reason: 'why' }])(
    'is not withdrawn by %j',
    async (body) => {
      const { post } = await start();
      expect(await post('/api/v1/audit/break-glass/withdrawals', body, 'tickets:revoke')).toMatchObject({
        status: 400,
      });
    },
  );

  test('is unknown where no key is configured', async () => {
    const fixture = await startFixture(engines);
    onTestFinished(() => fixture.stop());
    const { status, body } = await fixture.get(PATH, await signBreakGlassToken(key, use));
    expect({ status, detail: body.detail }).toEqual({
      status: 401,
      detail: expect.stringContaining('(iss)'),
    });
  });
});
