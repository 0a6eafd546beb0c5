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

interface Told {
  readonly group: string;
  readonly level: string;
  readonly message: string;
  readonly remedy?: string;
}

async function explained(
  input: string,
  options = '',
): Promise<{ code: number; diagnostics: readonly Told[] }> {
  const { code, stdout } = await admit(`doctor --token - --json${options}`, { input, env }).ended;
  return { code, diagnostics: JSON.parse(stdout) };
}

/** The groups that have a fault, and the last diagnostic. */
async function faultsIn(input: string, options = '') {
  const { code, diagnostics } = await explained(input, options);
  const faults = diagnostics.filter(({ level }) => level === 'error').map(({ group }) => group);
  return { code, faults, verdict: diagnostics.at(-1)?.message };
}

describe('a token that is accepted', () => {
  it.each([
    ['alone', (token: string) => token],
    ['with a line break behind it', (token: string) => `${token}\r\n`],
    ['after Bearer', (token: string) => `Bearer ${token}\n`],
    ['in its header', (token: string) => `Authorization: bearer ${token}`],
  ])('is explained to the verdict: %s', async (_, written) => {
    const input = written(await users.token());
    const { code, stdout, stderr } = await admit('doctor --token -', { input, env }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/^\w+$/gm)).toEqual([
      ...['token', 'issuer', 'signature', 'audience', 'times', 'principal', 'verdict'],
    ]);
    expect(stdout).toMatch(
      /\nverdict\nok {5}accepted by the ticket-service as session "test-session" of issuer main, user "test-user"\n\nAll is well\.\n$/,
    );
  });

  it('is never told, nor is its signature', async () => {
    const token = await users.token();
    for (const options of ['', ' --json']) {
      const { stdout } = await admit(`doctor --token -${options}`, { input: token, env }).ended;
      for (const part of token.split('.')) expect(stdout).not.toContain(part);
    }
  });
});

describe('a token that is refused', () => {
  it('is explained past the first fault, and the verdict is the answer of the service', async () => {
    const claims = { aud: 'else', exp: 1_767_225_600, sessionId: ['s'] };
    expect(await faultsIn(await users.token(claims))).toEqual({
      code: 1,
      faults: ['audience', 'times', 'principal', 'verdict'],
      verdict: expect.stringMatching(
        /^refused by the ticket-service: 401 INVALID_TOKEN: The token has expired/,
      ),
    });
  });

  it.each([
    ['VZt2mN7xO9cR4qLkW1sYb8uEoHpJ5aTd', 'not a signed JWT'],
    ['', 'no bearer token'],
    ['{"access_token": "a"}', 'no bearer token'],
  ])('because it is none: %s', async (input, sentence) => {
    const { code, faults, verdict } = await faultsIn(input);
    expect({ code, faults }).toEqual({ code: 1, faults: ['token', 'verdict'] });
    expect(verdict).toContain(sentence);
  });

  it('because it names no session', async () => {
    env = { ...env, SESSION_POLICY: 'require' };
    const { faults, verdict } = await faultsIn(await users.token({ sessionId: undefined }));
    expect(faults).toEqual(['principal', 'verdict']);
    expect(verdict).toMatch(/^refused by the ticket-service: 401 MISSING_SESSION: .* SESSION_POLICY/);
  });

  it('because the keys of its issuer are out of reach', async () => {
    users.behave('failing');
    const { code, faults, verdict } = await faultsIn(await users.token());
    expect({ code, faults }).toEqual({ code: 1, faults: ['signature', 'verdict'] });
    expect(verdict).toContain('503 ISSUER_UNAVAILABLE');
  });

  it('because no issuer is configured, with settings to paste, by which it is accepted', async () => {
    env = { DATA_DIR: '/nowhere' };
    const token = await users.token();
    const { stdout } = await admit('doctor --token -', { input: token, env }).ended;
    const lines = stdout.matchAll(/^ {7}(JWT_\w+)=(\S+)$/gm);
    env = { ...env, ...Object.fromEntries([...lines].map(([, name, value]) => [name, value])) };
    expect(await faultsIn(token)).toMatchObject({ code: 0, faults: [] });
  });

  it('and fetches nothing that only the token names', async () => {
    env = { JWT_ISSUER: 'https://issuer.example', JWT_AUDIENCE: 'app' };
    await explained(await users.token());
    expect([users.fetches, users.discoveries]).toEqual([0, 0]);
  });
});

describe("an operator's token", () => {
  const operators = () => ({ OPERATOR_ISSUER: users.issuer, OPERATOR_AUDIENCE: 'trail' });

  it('is judged by the audit-service', async () => {
    env = { ...operators(), OPERATOR_SCOPE_RULES: 'groups:sre=audit:read' };
    expect(await faultsIn(await users.token({ aud: 'trail', groups: ['sre'] }))).toEqual({
      code: 0,
      faults: [],
      verdict:
        'accepted by the audit-service as operator "test-user" of issuer operator, with the scope audit:read',
    });
    const { code, diagnostics } = await explained(await users.token({ aud: 'trail', groups: ['dev'] }));
    expect(code).toBe(1);
    expect(
      diagnostics.find(({ group, level }) => group === 'operator' && level === 'error')?.remedy,
    ).toContain('add to OPERATOR_SCOPE_RULES groups:dev=audit:read');
    expect(diagnostics.at(-1)?.message).toContain('403 INSUFFICIENT_SCOPE');
  });

  it("is told apart from a user's of the same issuer", async () => {
    env = { ...env, ...operators() };
    const { code, diagnostics } = await explained(await users.token());
    expect({ code, faults: diagnostics.filter(({ level }) => level === 'error') }).toEqual({
      code: 0,
      faults: [],
    });
    expect(diagnostics.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^besides, refused by the audit-service: 401 INVALID_TOKEN/),
    );
    const { faults } = await faultsIn(await users.token({ aud: 'neither' }));
    expect(faults).toEqual([
      ...['ticket-service: audience', 'audit-service: audience', 'audit-service: operator'],
      ...['verdict', 'verdict'],
    ]);
    expect(await faultsIn(await users.token(), ' --service audit-service')).toMatchObject({ code: 1 });
  });

  it('may be made offline', async () => {
    const key = generateSigningKey();
    const { jwks } = createTokenIssuer({ issuer: 'i', audience: 'a', key });
    env = { BREAK_GLASS_JWKS: JSON.stringify(jwks()) };
    const options = { subject: 'ann', reason: 'incident 42', ttlSeconds: 60 };
    const { code, verdict } = await faultsIn(await signBreakGlassToken(key, options));
    expect({ code, verdict }).toEqual({
      code: 0,
      verdict: expect.stringMatching(
        /^accepted by the audit-service as operator "ann" by a token made offline/,
      ),
    });
  });
});

describe('the issuers of a data directory', () => {
  it('count as they do in standalone, unless another service is named', async () => {
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
      expect(await faultsIn(token)).toMatchObject({ code: 0, faults: [] });
      expect(await faultsIn(token, ' --service standalone')).toMatchObject({ code: 0, faults: [] });
      expect(await faultsIn(token, ' --service ticket-service')).toMatchObject({ code: 1 });
    }
  });
});

describe('settings that no service starts with', () => {
  it('leave the token to be looked at where only the audience is missing', async () => {
    env = { JWT_ISSUER: users.issuer };
    const { diagnostics } = await explained(await users.token());
    const faults = diagnostics.filter(({ level }) => level === 'error');
    expect(faults.map(({ group }) => group)).toEqual(['settings', 'audience', 'verdict']);
    expect(faults[1]?.remedy).toContain(`set JWT_AUDIENCE=${users.audience}`);
    expect(faults[2]?.message).toContain('does not start');
  });

  it.each([
    [{ JWT_JWKS: '{' }],
    [{ JWT_ISSUERS: '[]' }],
    [{ JWT_AUDIENCE_CLAIM: 'sub' }],
    [{ ANONYMOUS_SIGNING_KEY: '{"d":"hunter2"}' }],
  ])('come before the token: %o', async (variables) => {
    env = { ...env, ...variables };
    const { code, stdout } = await admit('doctor --token -', { input: await users.token(), env }).ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/^settings\nERROR/);
    expect(stdout).toContain('there is no verdict');
    expect(stdout).not.toContain('hunter2');
  });
});

describe('the command line', () => {
  it('takes no token, and says why', async () => {
    const token = await users.token();
    const { code, stdout, stderr } = await admit(['doctor', '--token', token]).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('others on this machine can see arguments');
    expect(stderr).not.toContain(token);
  });

  it('names no service that tokens do not go to', async () => {
    const { code, stderr } = await admit('doctor --token - --service ws-edge', { input: '' }).ended;
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('looks at tickets') });
  });
});

describe('reading the token', () => {
  it('ends where there is far more than one', async () => {
    const { code, stderr } = await admit('doctor --token -', { input: 'x'.repeat(100_000), env }).ended;
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('that is no token') });
  });

  it('asks for it on a terminal, and can be interrupted', async () => {
    const run = admit('doctor --token -', { env, isTTY: true });
    await expect.poll(() => run.printed.stderr).toContain('paste the token');
    run.interrupt();
    const { code, stdout, stderr } = await run.ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('interrupted');
  });

  it('is followed by a look at keys, which can be interrupted too', async () => {
    users.behave('silent');
    const run = admit('doctor --token -', { input: await users.token(), env });
    await expect.poll(() => users.discoveries).toBeGreaterThan(0);
    run.interrupt();
    expect(await run.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('interrupted') });
  });
});
