import {
  type IdentityProvider,
  missingEngines,
  type NatsEngine,
  type PostgresEngine,
  type RedisEngine,
  startIdentityProvider,
  startNats,
  startPostgres,
  startRedis,
} from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admit } from '../terminal.fixture.ts';

const missing = missingEngines('redis', 'nats', 'postgres');

describe.skipIf(missing)(`admit doctor on real engines${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let redis: RedisEngine;
  let nats: NatsEngine;
  let postgres: PostgresEngine;
  let users: IdentityProvider;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    const authorization = { user: 'bus', password: 'hunter3' };
    [redis, nats, postgres, users] = await Promise.all([
      startRedis({ config: { requirepass: 'hunter2' } }),
      startNats({ config: { authorization } }),
      startPostgres({ settings: { fsync: 'on', full_page_writes: 'on' } }),
      startIdentityProvider(),
    ]);
    env = {
      REDIS_URL: redis.url,
      NATS_URL: nats.url.replace('//', '//bus:hunter3@'),
      DATABASE_URL: postgres.url,
      JWT_ISSUER: users.issuer,
      JWT_AUDIENCE: users.audience,
      JWT_JWKS_URL: users.jwksUrl,
      OPERATOR_ISSUER: users.issuer,
      OPERATOR_JWKS_URL: users.jwksUrl,
    };
  });
  afterAll(() => Promise.all([redis?.stop(), nats?.stop(), postgres?.stop(), users?.close()]));

  /** The lines of each group by its first word. */
  function groupsOf(stdout: string): Readonly<Record<string, string>> {
    const blocks = stdout.split('\n\n').slice(0, -1);
    return Object.fromEntries(blocks.map((block) => [block.split(/\s/, 1)[0], block]));
  }

  it('exits with 0 where there are only warnings', async () => {
    const { code, stdout } = await admit('doctor', { env }).ended;
    expect(stdout).toMatch(/\nno errors, \d warnings\.\n$/);
    expect(code).toBe(0);
    const groups = groupsOf(stdout);
    expect(Object.keys(groups)).toEqual([
      ...['settings', 'Redis', 'NATS', 'PostgreSQL', 'JWT_ISSUER', 'OPERATOR_ISSUER'],
    ]);
    expect(groups.settings).toMatch(/^warn {3}FRONTEND_ORIGINS is empty/m);
    expect(groups.Redis).toMatch(/^ok {5}.*noeviction/m);
    expect(groups.Redis).toMatch(/^warn {3}.*append-only file.*\n {7}\S/m);
    expect(groups.NATS).toMatch(/^ok {5}.*in reach/m);
    expect(groups.PostgreSQL).toMatch(/^ok {5}.*events can be written/m);
    expect(groups.PostgreSQL).toMatch(/^ok {5}.*clock/m);
  });

  it('reports wrong passwords without printing them', async () => {
    const wrong = Object.entries(env).map(([name, value]) => [name, value.replace(/hunter./, 'letmein')]);
    const { code, stdout, stderr } = await admit('doctor', { env: Object.fromEntries(wrong) }).ended;
    expect(code).toBe(1);
    const groups = groupsOf(stdout);
    expect(groups.Redis).toMatch(/^ERROR {2}.*WRONGPASS/m);
    expect(groups.NATS).toMatch(/^ERROR {2}.*authorization/im);
    expect(stdout + stderr).not.toMatch(/letmein|hunter/);
  });

  it('reports a setting that loses tickets', async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'volatile-ttl');
    const { code, stdout } = await admit('doctor --service ticket-service', { env }).ended;
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    expect(code).toBe(1);
    expect(groupsOf(stdout).Redis).toMatch(/^ERROR {2}.*volatile-ttl\n {7}.*noeviction/m);
  });

  it('times out on engines that hang, concurrently, and prints what it waits for', async () => {
    await Promise.all([redis.pause(), nats.pause(), postgres.pause()]);
    const { code, stdout, stderr } = await admit('doctor', { env }).ended;
    await Promise.all([redis.resume(), nats.resume(), postgres.resume()]);
    expect(code).toBe(1);
    const groups = groupsOf(stdout);
    for (const name of ['Redis', 'NATS', 'PostgreSQL']) expect(groups[name]).toMatch(/^ERROR {2}/m);
    expect(groups.JWT_ISSUER).toMatch(/^ok {5}/m);
    expect(stderr).toMatch(/^\[admit\] waiting for Redis redis:.*, NATS nats:.*, PostgreSQL postgres:.*$/m);
    expect(stderr).not.toContain('hunter');
  });
});
