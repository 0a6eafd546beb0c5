import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { eventually, type IdentityProvider, startIdentityProvider } from '@admit-one/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admit } from '../terminal.fixture.ts';

let users: IdentityProvider;
let env: Record<string, string>;

/** Valid settings, for engines that do not run. */
beforeEach(async () => {
  users = await startIdentityProvider();
  const port = await freePort();
  env = {
    REDIS_URL: `redis://user:hunter2@127.0.0.1:${port}`,
    NATS_URL: `nats://user:hunter2@127.0.0.1:${port}`,
    DATABASE_URL: `postgres://user:hunter2@127.0.0.1:${port}/audit?password=hunter2`,
    JWT_ISSUER: users.issuer,
    JWT_AUDIENCE: users.audience,
    JWT_JWKS_URL: users.jwksUrl,
    OPERATOR_ISSUER: users.issuer,
    OPERATOR_JWKS: JSON.stringify(users.jwks),
    FRONTEND_ORIGINS: 'https://app.example.com',
  };
});
afterEach(() => users.close());

/** A free port. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

interface Printed {
  readonly group: string;
  readonly level: string;
  readonly message: string;
}

async function diagnosticsOf(line: string): Promise<{ code: number; diagnostics: readonly Printed[] }> {
  const { code, stdout } = await admit(`${line} --json`, { env }).ended;
  return { code, diagnostics: JSON.parse(stdout) };
}

describe('admit doctor', () => {
  it('reports an error for each engine that does not run, by name, with a remedy', async () => {
    const { code, stdout } = await admit('doctor', { env }).ended;
    expect(code).toBe(1);
    for (const engine of ['Redis redis', 'NATS nats', 'PostgreSQL postgres'])
      expect(stdout).toMatch(new RegExp(`^${engine}://127\\.0\\.0\\.1:.*\\nERROR  .+\\n {7}\\S`, 'm'));
    expect(stdout).toMatch(/\n3 errors, no warnings\.\n$/);
  });

  it('prints the same as JSON', async () => {
    const { code, diagnostics } = await diagnosticsOf('doctor');
    expect(code).toBe(1);
    expect(diagnostics).toContainEqual({
      group: `JWT_ISSUER ${users.issuer}`,
      level: 'ok',
      message: 'it has 1 key, usable for ES256',
    });
    expect(diagnostics.filter(({ level }) => level === 'error').map(({ group }) => group)).toEqual([
      expect.stringMatching(/^Redis /),
      expect.stringMatching(/^NATS /),
      expect.stringMatching(/^PostgreSQL /),
    ]);
  });

  it('checks only what one service needs', async () => {
    const { diagnostics } = await diagnosticsOf('doctor --service ws-edge');
    expect([...new Set(diagnostics.map(({ group }) => group.split(' ')[0]))]).toEqual(['settings', 'NATS']);
  });

  it('checks the engines of standalone that have a URL', async () => {
    const { NATS_URL = '', REDIS_URL = '' } = env;
    env = { NATS_URL, REDIS_URL };
    const { code, diagnostics } = await diagnosticsOf('doctor --service standalone');
    expect(code).toBe(1);
    expect([...new Set(diagnostics.map(({ group }) => group.split(' ')[0]))]).toEqual([
      ...['settings', 'Redis', 'NATS'],
    ]);
    env = {};
    expect(await diagnosticsOf('doctor --service standalone')).toMatchObject({ code: 0 });
  });

  it('reports an error for keys that are unreachable', async () => {
    users.behave('failing');
    const { code, diagnostics } = await diagnosticsOf('doctor --service ticket-service');
    expect(code).toBe(1);
    expect(diagnostics).toContainEqual(
      expect.objectContaining({ group: `JWT_ISSUER ${users.issuer}`, level: 'error' }),
    );
  });

  it('checks the keys of every issuer in a list', async () => {
    const { JWT_ISSUER: issuer, JWT_JWKS_URL: _, ...rest } = env;
    const issuers = [
      { alias: 'discovered', issuer },
      { alias: 'gone', issuer: 'urn:gone', jwksUrl: `${issuer}/gone.json` },
    ];
    env = { ...rest, JWT_ISSUERS: JSON.stringify(issuers) };
    const { diagnostics } = await diagnosticsOf('doctor --service ticket-service');
    expect(diagnostics.filter(({ group }) => group.startsWith('JWT_ISSUER'))).toMatchObject([
      { group: `JWT_ISSUER ${issuer}`, level: 'ok', message: expect.stringContaining('discovery document') },
      { group: `JWT_ISSUER ${issuer}`, level: 'ok', message: 'it has 1 key, usable for ES256' },
      { group: 'JWT_ISSUER urn:gone', level: 'error' },
    ]);
  });

  it('continues past settings with issues', async () => {
    env = { ...env, PORT: 'http', REDIS_URL: 'http://user:hunter2@redis', JWT_AUDIENCE: '' };
    const { diagnostics } = await diagnosticsOf('doctor');
    const errors = diagnostics.filter(({ group, level }) => group === 'settings' && level === 'error');
    expect(errors.map(({ message }) => message.split(':')[0])).toEqual(['PORT', 'REDIS_URL', 'JWT_AUDIENCE']);
    expect([...new Set(diagnostics.map(({ group }) => group.split(' ')[0]))]).toEqual([
      ...['settings', 'NATS', 'PostgreSQL', 'JWT_ISSUER', 'OPERATOR_ISSUER'],
    ]);
  });

  it('ends at once on Ctrl-C', async () => {
    users.behave('silent');
    const run = admit('doctor --service ticket-service', { env });
    await eventually(() => users.fetches > 0, { what: 'a request for the keys' });
    run.interrupt();
    const { code, stdout } = await run.ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('was interrupted') });
  });
});

describe('a password', () => {
  const places = [
    ['that is right', {}],
    ['in a URL that is no engine', { REDIS_URL: 'http://hunter2@h', NATS_URL: 'x://:hunter2@h' }],
    ['in a URL that is hardly one', { REDIS_URL: 'redis:hunter2', DATABASE_URL: 'postgres//u:hunter2@h' }],
    ['with spaces', { DATABASE_URL: 'postgres://admin:correct hunter2@127.0.0.1:1/db' }],
    [
      'with delimiters',
      {
        DATABASE_URL: 'postgres://u:12/hunter2@h/db',
        REDIS_URL: 'redis://u:12#hunter2@h',
        NATS_URL: 'nats://u:12,hunter2@h',
      },
    ],
    ['in the URL of keys', { JWT_JWKS_URL: 'http://user:hunter2@127.0.0.1/jwks.json' }],
    ['in an issuer', { JWT_ISSUER: 'http://user:hunter2@127.0.0.1' }],
    ['in an origin', { FRONTEND_ORIGINS: 'https://user:hunter2@app.example.com' }],
    [
      'in a list of issuers',
      { JWT_ISSUER: '', JWT_ISSUERS: '[{"issuer":"http://u:hunter2@h","clientSecret":"hunter2"}]' },
    ],
    ['in a key', { ANONYMOUS_SIGNING_KEY: '{"kty":"EC","d":"hunter2"}' }],
  ] as const;

  it.each(places)('%s is never printed', async (_, variables) => {
    env = { ...env, ...variables };
    for (const form of ['', ' --json']) {
      const metrics = `--metrics http://user:hunter2@127.0.0.1:${await freePort()}/metrics?token=hunter2`;
      const { stdout, stderr } = await admit(`doctor ${metrics}${form}`, { env }).ended;
      expect(stdout).toContain('metrics http://127.0.0.1');
      expect(stdout + stderr).not.toContain('hunter2');
    }
  });
});
