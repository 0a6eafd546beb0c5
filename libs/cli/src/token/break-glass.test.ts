import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BREAK_GLASS, generateSigningKey, parseKeySet } from '@admit-one/identity';
import { type TemporaryDirectory, temporaryDirectory } from '@admit-one/testkit';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admit } from '../terminal.fixture.ts';

let directory: TemporaryDirectory;
let keyFile: string;

beforeEach(async () => {
  directory = await temporaryDirectory();
  keyFile = join(directory.path, 'break-glass.key');
});
afterEach(() => directory.remove());

async function newKey() {
  const { code, stdout } = await admit(['token', 'new-key', '--out', keyFile]).ended;
  expect(code).toBe(0);
  return parseKeySet(stdout);
}

function breakGlass(...options: readonly string[]) {
  return admit(['token', '--break-glass', '--key', keyFile, ...options]).ended;
}

describe('admit token new-key', () => {
  it('writes the private key for its owner alone, and prints the public one and nothing else', async () => {
    const { code, stdout, stderr } = await admit(['token', 'new-key', '--out', keyFile]).ended;
    const { d, ...publicKey } = JSON.parse(await readFile(keyFile, 'utf8'));
    expect(code).toBe(0);
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(stdout)).toEqual({ keys: [publicKey] });
    expect(stdout).toMatch(/^[^\n]+\n$/);
    expect(stderr).toContain(keyFile);
    expect(stdout + stderr).not.toContain(d);
  });

  it('does not overwrite a file', async () => {
    await writeFile(keyFile, 'precious');
    const { code, stdout, stderr } = await admit(['token', 'new-key', '--out', keyFile]).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/exists and is not overwritten.*--out/);
    expect(await readFile(keyFile, 'utf8')).toBe('precious');
  });

  it('says where it cannot write', async () => {
    const file = join(directory.path, 'nowhere', 'key');
    const { code, stderr } = await admit(['token', 'new-key', '--out', file]).ended;
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('cannot be written') });
  });
});

describe('admit token --break-glass', () => {
  it('signs a token that says who, why and for how long', async () => {
    const keys = createLocalJWKSet(await newKey());
    const { code, stdout } = await breakGlass('--reason', 'incident 42', '--user', 'ann', '--ttl', '600');
    expect(code).toBe(0);
    const { issuer, audience } = BREAK_GLASS;
    const { payload } = await jwtVerify(stdout.trimEnd(), keys, { issuer, audience });
    const { iat = 0, exp = 0, jti, ...claims } = payload;
    expect(claims).toEqual({
      iss: 'urn:admit-one:break-glass',
      aud: 'admit-one-audit',
      sub: 'ann',
      scope: 'audit:read',
      reason: 'incident 42',
    });
    expect({ seconds: exp - iat, jti }).toEqual({ seconds: 600, jti: expect.stringMatching(/.{16}/) });
  });

  it('is for nobody in particular, and an hour, where nothing else is said', async () => {
    const keys = createLocalJWKSet(await newKey());
    const { payload } = await jwtVerify((await breakGlass('--reason', 'why')).stdout.trimEnd(), keys);
    expect(payload).toMatchObject({ sub: 'break-glass', exp: Number(payload.iat) + 3600 });
  });

  it.each<[string, readonly string[], string]>([
    ['for longer than a day', ['--reason', 'r', '--ttl', '86401'], '--ttl must be ≤ 86400'],
    ['without a reason', ['--reason', ''], '--reason must be 1 to 256'],
    ['with a reason of several lines', ['--reason', 'a\nb'], '--reason must be 1 to 256'],
    ['with a reason without end', ['--reason', 'r'.repeat(257)], '--reason must be 1 to 256'],
    ['for a user of control characters', ['--reason', 'r', '--user', '\u001b[2J'], '--user must be'],
  ])('signs nothing %s', async (_name, options, message) => {
    await newKey();
    const { code, stdout, stderr } = await breakGlass(...options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it.each<[string, string, string]>([
    ['the public part', JSON.stringify({ ...generateSigningKey(), d: undefined }), 'has no "d"'],
    ['a JWK set', '{"keys":[]}', 'is not a key for ES256'],
    ['something else', 'hunter2', 'is not JSON'],
  ])('wants the private key, not %s', async (_name, text, message) => {
    await writeFile(keyFile, text);
    const { code, stdout, stderr } = await breakGlass('--reason', 'r');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('npx @admit-one/cli token new-key');
    expect(stderr).not.toContain('hunter2');
  });

  it('says so where there is no key', async () => {
    const { code, stderr } = await breakGlass('--reason', 'r');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('cannot be read') });
  });
});
