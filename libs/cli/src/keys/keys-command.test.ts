import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { readSettings } from '@admit-one/diagnostics';
import { type TemporaryDirectory, temporaryDirectory } from '@admit-one/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admit } from '../terminal.fixture.ts';

let directory: TemporaryDirectory;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => directory.remove());

const folder = () => join(directory.path, 'keys');
const keys = (...more: readonly string[]) => admit(['keys', '--out', folder(), ...more]).ended;
const read = (name: string) => readFile(join(folder(), name), 'utf8');

describe('admit keys', () => {
  it.each([
    ['ticket-service', { ANONYMOUS_SESSIONS: 'true' }],
    ['ws-edge', { ROUTES: 'default=proxy:ws://upstream' }],
    ['audit-service', { AUDIT_PSEUDONYMIZE: 'user' }],
    ['standalone', {}],
  ] as const)('makes every secret that %s needs', async (service, settings) => {
    expect((await keys()).code).toBe(0);
    const { diagnostics } = readSettings([service], {
      ...parseEnv(await read(`${service}.env`)),
      ...settings,
    });
    expect(diagnostics.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('gives an engine and its clients the same passwords, and no two users the same', async () => {
    await keys('--nats', 'nats.internal:4223', '--tls');
    const passwords = Object.values(parseEnv(await read('nats.env')));
    expect(new Set(passwords).size).toBe(6);
    const { NATS_URL } = parseEnv(await read('ws-edge.env'));
    const { NATS_WS_EDGE_PASSWORD } = parseEnv(await read('nats.env'));
    expect(NATS_URL).toBe(`tls://ws-edge:${NATS_WS_EDGE_PASSWORD}@nats.internal:4223`);
    const { DATABASE_URL = '', REDIS_URL = '' } = parseEnv(await read('standalone.env'));
    expect(await read('postgres.sql')).toContain(`'${new URL(DATABASE_URL).password}'`);
    expect([REDIS_URL, DATABASE_URL].map((url) => url.replace(/:p\w+@/, ':…@'))).toEqual([
      'rediss://ticket-service:…@127.0.0.1:6379',
      'postgres://admit:…@127.0.0.1:5432/admit?sslmode=verify-full',
    ]);
  });

  it('lets nobody else read the files, and overwrites none', async () => {
    await keys();
    const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    const names = await readdir(folder());
    expect(await modeOf(folder())).toBe('700');
    expect(await modeOf(join(folder(), 'ws-edge.env'))).toBe('600');
    const before = await Promise.all(names.map(read));
    expect(await keys()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('exists. Name a new folder'),
    });
    expect(await Promise.all(names.map(read))).toEqual(before);
  });

  it('takes addresses only', async () => {
    expect(await keys('--redis', 'redis://host')).toMatchObject({ code: 2 });
  });
});
