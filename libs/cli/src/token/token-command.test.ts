import { openLocalIssuers } from '@admit-one/identity';
import { type TemporaryDirectory, temporaryDirectory } from '@admit-one/testkit';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admit } from '../terminal.fixture.ts';

let directory: TemporaryDirectory;

beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => directory.remove());

/** Runs `admit token`, and verifies what it prints with the keys of the data directory. */
async function tokenOf(role: 'users' | 'operators', options: string) {
  const { [role]: expected } = await openLocalIssuers(directory.path, { create: true });
  const { code, stdout } = await admit(`token --data-dir ${directory.path}${options}`).ended;
  expect(code).toBe(0);
  const { issuer, audience } = expected;
  const { payload } = await jwtVerify(stdout.trimEnd(), createLocalJWKSet(expected.jwks()), {
    issuer,
    audience,
  });
  return { ...payload, ttl: Number(payload.exp) - Number(payload.iat) };
}

describe('admit token', () => {
  it('signs for a test user in a new session', async () => {
    const first = await tokenOf('users', '');
    const second = await tokenOf('users', '');
    expect(first).toMatchObject({ sub: 'test-user', sessionId: expect.any(String), ttl: 3600 });
    expect(first).not.toHaveProperty('scope');
    expect(first).not.toMatchObject({ sessionId: Object(second).sessionId });
  });

  it.each(['--user', '--session'])('rejects an empty %s, which no server accepts', async (option) => {
    const { code, stderr } = await admit(['token', '--data-dir', directory.path, option, '']).ended;
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: '[admit] --user and --session must not be empty.\n',
    });
  });

  it('signs for the given user and session', async () => {
    expect(await tokenOf('users', ' --user u-1 --session s-1 --ttl 60')).toMatchObject({
      sub: 'u-1',
      sessionId: 's-1',
      ttl: 60,
    });
  });

  it('signs for an operator, with the scopes of the audit log', async () => {
    const token = await tokenOf('operators', ' --operator');
    expect(token).toMatchObject({ sub: 'operator', scope: 'audit:read audit:acknowledge audit:forget' });
    expect(token).not.toHaveProperty('sessionId');
  });

  it('finds the data directory in DATA_DIR', async () => {
    await openLocalIssuers(directory.path, { create: true });
    const { code, stdout } = await admit('token', { env: { DATA_DIR: directory.path } }).ended;
    expect({ code, parts: stdout.split('.').length }).toEqual({ code: 0, parts: 3 });
  });

  it('says what to do where there are no keys', async () => {
    const { code, stdout, stderr } = await admit(`token --data-dir ${directory.path}`).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^\[admit\] .*npm start.*--data-dir.*\n$/);
  });
});
