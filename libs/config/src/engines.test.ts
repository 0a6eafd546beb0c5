import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { engineIssues, natsVariables, postgresVariables, redisVariables } from './engines.ts';
import { type ConfigError, type EnvironmentVariables, readVariables } from './read-variables.ts';

const schema = Type.Object({ ...natsVariables, ...redisVariables, ...postgresVariables });

const good = {
  NATS_URL: 'nats://user:s3cret@nats-1:4222, tls://nats-2',
  REDIS_URL: 'rediss://user:s3cret@redis:6379',
  DATABASE_URL: 'postgres://user:s3cret@postgres/admit_one?sslmode=require',
};

function issuesOf(environment: EnvironmentVariables): readonly string[] {
  try {
    readVariables(schema, environment, engineIssues);
    return [];
  } catch (error) {
    return (error as ConfigError).issues;
  }
}

describe('the variables of the engines', () => {
  it('need their URLs and nothing else', () => {
    expect(issuesOf(good)).toEqual([]);
    expect(issuesOf({}).map((issue) => issue.split(' is not set')[0])).toEqual([
      'NATS_URL:',
      'REDIS_URL:',
      'DATABASE_URL:',
    ]);
  });

  it.each([
    'redis://localhost',
    'redis-sentinel://sentinel-1:26379,sentinel-2:26379/master',
    'rediss-cluster://user:s3cret@node-1:6379,node-2:6379',
  ])('take %s for a Redis', (url) => {
    expect(issuesOf({ ...good, REDIS_URL: url })).toEqual([]);
  });

  it.each([
    ['NATS_URL', 's3cret'],
    ['NATS_URL', 'http://s3cret'],
    ['NATS_URL', 'nats://s3cret,'],
    ['REDIS_URL', '//s3cret'],
    ['REDIS_URL', 's3cret:6379'],
    ['REDIS_URL', 'redis://'],
    ['DATABASE_URL', 'mysql://s3cret'],
  ])('name %s where it is %j, without showing it', (name, value) => {
    const [issue, ...others] = issuesOf({ ...good, [name]: value });
    expect(others).toEqual([]);
    expect(issue).toMatch(new RegExp(`^${name}: is not a URL like `));
    expect(issue).not.toContain('s3cret');
  });

  it('need a certificate and its key, or neither', () => {
    const [certificate, key] = [{ NATS_TLS_CERT_FILE: 'a.crt' }, { NATS_TLS_KEY_FILE: 'a.key' }];
    expect(issuesOf({ ...good, ...certificate, ...key })).toEqual([]);
    for (const one of [certificate, key])
      expect(issuesOf({ ...good, ...one })).toEqual([
        'NATS_TLS_CERT_FILE, NATS_TLS_KEY_FILE: must be set together',
      ]);
  });

  it('need a hard bound above the soft bound of the outbox', () => {
    expect(issuesOf({ ...good, OUTBOX_SOFT_BOUND: '7', OUTBOX_HARD_BOUND: '7' })).toEqual([]);
    expect(issuesOf({ ...good, OUTBOX_SOFT_BOUND: '8', OUTBOX_HARD_BOUND: '7' })).toEqual([
      'OUTBOX_SOFT_BOUND: must be ≤ OUTBOX_HARD_BOUND (got 8 > 7)',
    ]);
  });
});
