import {
  createTokenIssuer,
  generateSigningKey,
  openLocalIssuers,
  signBreakGlassToken,
} from '@admit-one/identity';
import { type IdentityProvider, startIdentityProvider, temporaryDirectory } from '@admit-one/testkit';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { admit } from '../terminal.fixture.ts';

let users: IdentityProvider;
let env: Record<string, string>;

beforeEach(async () => {
  users = await startIdentityProvider();
  env = { JWT_ISSUER: users.issuer, JWT_AUDIENCE: users.audience, DATA_DIR: '/nowhere' };
});
afterEach(() => users.close());

interface Printed {
  readonly group: string;
  readonly level: string;
  readonly message: string;
  readonly remedy?: string;
}

async function explained(
  input: string,
  options = '',
): Promise<{ code: number; diagnostics: readonly Printed[] }> {
  const { code, stdout } = await admit(`doctor --token - --json${options}`, { input, env }).ended;
  return { code, diagnostics: JSON.parse(stdout) };
}

/** The groups with an error, and the last diagnostic. */
async function errorsIn(input: string, options = '') {
  const { code, diagnostics } = await explained(input, options);
  const errors = diagnostics.filter(({ level }) => level === 'error').map(({ group }) => group);
  return { code, errors, verdict: diagnostics.at(-1)?.message };
}

describe('a token that is accepted', () => {
  it.each([
    ['alone', (token: string) => token],
    ['with a line break behind it', (token: string) => `${token}\r\n`],
    ['after Bearer', (token: string) => `Bearer ${token}\n`],
    ['in its header', (token: string) => `Authorization: bearer ${token}`],
  ])('is explained: %s', async (_, written) => {
    const input = written(await users.token());
    const { code, stdout, stderr } = await admit('doctor --token -', { input, env }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/^\w+$/gm)).toEqual([
      ...['token', 'issuer', 'signature', 'audience', 'times', 'principal', 'verdict'],
    ]);
    expect(stdout).toMatch(
      /\nverdict\nok {5}accepted by the ticket-service as session "test-session" of issuer main, user "test-user"\n\nNo errors, no warnings\.\n$/,
    );
  });

  it('is never printed, nor its signature', async () => {
    const token = await users.token();
    for (const options of ['', ' --json']) {
      const { stdout } = await admit(`doctor --token -${options}`, { input: token, env }).ended;
      for (const part of token.split('.')) expect(stdout).not.toContain(part);
    }
  });
});

describe('a token that is rejected', () => {
  it('is explained past the first error, and the verdict is the answer of the service', async () => {
    const claims = { aud: 'else', exp: 1_767_225_600, sessionId: 'a\nb' };
    expect(await errorsIn(await users.token(claims))).toEqual({
      code: 1,
      errors: ['audience', 'times', 'principal', 'verdict'],
      verdict: expect.stringMatching(
        /^rejected by the ticket-service: 401 INVALID_TOKEN: The token has expired/,
      ),
    });
  });

  it.each([
    ['VZt2mN7xO9cR4qLkW1sYb8uEoHpJ5aTd', 'not a signed JWT'],
    ['', 'no bearer token'],
    ['{"access_token": "a"}', 'no bearer token'],
  ])('because it is not a JWT: %s', async (input, sentence) => {
    const { code, errors, verdict } = await errorsIn(input);
    expect({ code, errors }).toEqual({ code: 1, errors: ['token', 'verdict'] });
    expect(verdict).toContain(sentence);
  });

  it('because it names no session', async () => {
    env = { ...env, SESSION_POLICY: 'require' };
    const { errors, verdict } = await errorsIn(await users.token({ sessionId: undefined }));
    expect(errors).toEqual(['principal', 'verdict']);
    expect(verdict).toMatch(/^rejected by the ticket-service: 401 MISSING_SESSION: .* SESSION_POLICY/);
  });

  it('because the keys of its issuer are unreachable', async () => {
    users.behave('failing');
    const { code, errors, verdict } = await errorsIn(await users.token());
    expect({ code, errors }).toEqual({ code: 1, errors: ['signature', 'verdict'] });
    expect(verdict).toContain('503 ISSUER_UNAVAILABLE');
  });

  it('because no issuer is configured, with settings to paste, by which it is accepted', async () => {
    env = { DATA_DIR: '/nowhere' };
    const token = await users.token();
    const { stdout } = await admit('doctor --token -', { input: token, env }).ended;
    const lines = stdout.matchAll(/^ {7}(JWT_\w+)=(\S+)$/gm);
    env = { ...env, ...Object.fromEntries([...lines].map(([, name, value]) => [name, value])) };
    expect(await errorsIn(token)).toMatchObject({ code: 0, errors: [] });
  });

  it('and fetches nothing that only the token names', async () => {
    env = { JWT_ISSUER: 'https://issuer.example', JWT_AUDIENCE: 'app' };
    await explained(await users.token());
    expect([users.fetches, users.discoveries]).toEqual([0, 0]);
  });
});

describe("an operator's token", () => {
  const operators = () => ({ OPERATOR_ISSUER: users.issuer, OPERATOR_AUDIENCE: 'audit-log' });

  it('is judged by the audit-service', async () => {
    env = { ...operators(), OPERATOR_SCOPE_RULES: 'groups:sre=audit:read' };
    expect(await errorsIn(await users.token({ aud: 'audit-log', groups: ['sre'] }))).toEqual({
      code: 0,
      errors: [],
      verdict: 'accepted by the audit-service as operator "test-user" of issuer operator, scope audit:read',
    });
    const { code, diagnostics } = await explained(await users.token({ aud: 'audit-log', groups: ['dev'] }));
    expect(code).toBe(1);
    expect(
      diagnostics.find(({ group, level }) => group === 'operator' && level === 'error')?.remedy,
    ).toContain('add to OPERATOR_SCOPE_RULES groups:dev=audit:read');
    expect(diagnostics.at(-1)?.message).toContain('403 INSUFFICIENT_SCOPE');
  });

  it("is distinguished from a user's of the same issuer", async () => {
    env = { ...env, ...operators() };
    const { code, diagnostics } = await explained(await users.token());
    expect({ code, errors: diagnostics.filter(({ level }) => level === 'error') }).toEqual({
      code: 0,
      errors: [],
    });
    expect(diagnostics.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^also rejected by the audit-service: 401 INVALID_TOKEN/),
    );
    const { errors } = await errorsIn(await users.token({ aud: 'neither' }));
    expect(errors).toEqual([
      ...['ticket-service: audience', 'audit-service: audience', 'audit-service: operator'],
      ...['verdict', 'verdict'],
    ]);
    expect(await errorsIn(await users.token(), ' --service audit-service')).toMatchObject({ code: 1 });
  });

  it('may be a break-glass token', async () => {
    const key = generateSigningKey();
    const { jwks } = createTokenIssuer({ issuer: 'i', audience: 'a', key });
    env = { BREAK_GLASS_JWKS: JSON.stringify(jwks()) };
    const options = { subject: 'ann', reason: 'incident 42', ttlSeconds: 60 };
    const { code, verdict } = await errorsIn(await signBreakGlassToken(key, options));
    expect({ code, verdict }).toEqual({
      code: 0,
      verdict: expect.stringMatching(
        /^accepted by the audit-service as operator "ann" with a break-glass token/,
      ),
    });
  });
});

describe('the issuers of a data directory', () => {
  it('are accepted as in standalone, unless another service is named', async () => {
    const directory = await temporaryDirectory();
    onTestFinished(() => directory.remove());
    const local = await openLocalIssuers(directory.path, { create: true });
    env = { DATA_DIR: directory.path };
    const ttl = { ttlSeconds: 60 };
    const tokens = {
      user: await local.users.sign({ sub: 'ann', sessionId: 's' }, ttl),
      anonymous: await local.anonymous.sign({ sessionId: 's' }, ttl),
      operator: await local.operators.sign({ sub: 'op', scope: 'audit:read' }, ttl),
    };
    for (const token of Object.values(tokens)) {
      expect(await errorsIn(token)).toMatchObject({ code: 0, errors: [] });
      expect(await errorsIn(token, ' --service standalone')).toMatchObject({ code: 0, errors: [] });
      expect(await errorsIn(token, ' --service ticket-service')).toMatchObject({ code: 1 });
    }
  });
});

describe('settings with issues', () => {
  it('do not prevent the explanation where only the audience is missing', async () => {
    env = { JWT_ISSUER: users.issuer };
    const { diagnostics } = await explained(await users.token());
    const errors = diagnostics.filter(({ level }) => level === 'error');
    expect(errors.map(({ group }) => group)).toEqual(['settings', 'audience', 'verdict']);
    expect(errors[1]?.remedy).toContain(`set JWT_AUDIENCE=${users.audience}`);
    expect(errors[2]?.message).toContain('does not start');
  });

  it.each([
    [{ JWT_JWKS: '{' }],
    [{ JWT_ISSUERS: '[]' }],
    [{ JWT_AUDIENCE_CLAIM: 'sub' }],
    [{ ANONYMOUS_SIGNING_KEY: '{"d":"hunter2"}' }],
  ])('are reported instead of an explanation: %o', async (variables) => {
    env = { ...env, ...variables };
    const { code, stdout } = await admit('doctor --token -', { input: await users.token(), env }).ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^settings\nERROR/);
    expect(stdout).toContain('no verdict');
    expect(stdout).not.toContain('hunter2');
  });
});

describe('the command line', () => {
  it('rejects a token as argument', async () => {
    const token = await users.token();
    const { code, stdout, stderr } = await admit(['doctor', '--token', token]).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('other users can see arguments');
    expect(stderr).not.toContain(token);
  });

  it('rejects the ws-edge, which gets no tokens', async () => {
    const { code, stderr } = await admit('doctor --token - --service ws-edge', { input: '' }).ended;
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('checks tickets, not tokens'),
    });
  });
});

describe('reading the token', () => {
  it('ends where the input is too long', async () => {
    const { code, stderr } = await admit('doctor --token -', { input: 'x'.repeat(100_000), env }).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('that is not a token') });
  });

  it('asks for it on a terminal, and can be interrupted', async () => {
    const run = admit('doctor --token -', { env, isTTY: true });
    await expect.poll(() => run.printed.stderr).toContain('paste the token');
    run.interrupt();
    const { code, stdout, stderr } = await run.ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('Interrupted');
  });

  it('is followed by fetching keys, which can be interrupted too', async () => {
    users.behave('silent');
    const run = admit('doctor --token -', { input: await users.token(), env });
    await expect.poll(() => users.discoveries).toBeGreaterThan(0);
    run.interrupt();
    expect(await run.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('Interrupted') });
  });
});
