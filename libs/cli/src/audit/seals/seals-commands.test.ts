import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createSealContents,
  digestOfSeal,
  generateSealSigningKey,
  publicSealKeyOf,
  START,
  signSeal,
} from '@admit-one/seals';
import { expect, onTestFinished, test } from 'vitest';
import { exitCodes } from '../../command-error.ts';
import { admit } from '../../terminal.fixture.ts';
import { startAuditServer } from '../audit-server.fixture.ts';

const key = generateSealSigningKey();
const keys = JSON.stringify({ keys: [publicSealKeyOf(key)] });
const events = ['a', 'b', 'c'].map((id, n) => ({
  ...{ id, time: '2026-01-31T12:00:00.000Z', position: `1.${n + 1}.0` },
}));
const jws = await sealOf(events.slice(0, 2));
const seal = { number: 1, jws };

async function sealOf(covered: typeof events): Promise<string> {
  const contents = createSealContents();
  for (const event of covered) contents.add(event as never);
  const sealed = { number: 1, previous: null, after: START, to: '1.2.0', days: contents.days() };
  return (await signSeal({ ...sealed, sealedAt: '2026-01-31T12:01:00.000Z' }, key)).jws;
}

/** Writes lines or a text into files of a new folder, and gives their paths in the same order. */
async function files<Names extends readonly (string | readonly object[])[]>(...contents: Names) {
  const folder = await mkdtemp(join(tmpdir(), 'admit-one-verify-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return Promise.all(
    contents.map(async (content, n) => {
      const file = join(folder, `file-${n}`);
      await writeFile(
        file,
        typeof content === 'string' ? content : content.map((line) => `${JSON.stringify(line)}\n`).join(''),
      );
      return file;
    }),
  );
}

async function verify(exported: readonly object[], log: readonly object[] = [], ...more: readonly string[]) {
  const [file = '', seals = '', keyFile = '', witness = ''] = await files(exported, [seal], keys, log);
  const witnesses = log.length > 0 ? ['--witness', witness] : [];
  const words = ['audit', 'verify', file, '--seals', seals, '--keys', keyFile, ...witnesses, ...more];
  return admit(words).ended;
}

test('an export that is as it was sealed is verified, without a server', async () => {
  const { code, stdout } = await verify(events, [
    { message: 'started' },
    { message: 'audit_sealed', number: 1, digest: digestOfSeal(jws) },
  ]);
  expect(stdout).toBe(
    [
      `2 events compared with 1 seal, signed by ${key.kid}`,
      '1 event not compared: outside of the seals',
      'Verified: every compared event is as it was sealed.\n',
    ].join('\n'),
  );
  expect(code).toBe(exitCodes.success);
});

test('what is wrong is told, and is a failure', async () => {
  const [first, second, third] = events;
  const changed = [first, { ...second, id: 'x' }, third] as typeof events;
  const { code, stdout } = await verify(changed, [{ message: 'audit_sealed', number: 2, digest: 'x' }]);
  expect(stdout).toMatch(/^wrong: seal 2 was witnessed and is not here.*\nwrong: seal 1 .* not those/);
  expect(stdout).toMatch(/\nNot verified\.\n$/);
  expect(code).toBe(exitCodes.failure);
});

test.each<[string, readonly object[], readonly object[], readonly string[], RegExp]>([
  ['a line that is no event', [{ id: 'a' }], [], [], /file-0, line 1: is not what the command prints/],
  ['a log without seals', events, [{ message: 'started' }], [], /file-3 has no line `audit_sealed`/],
  ['no position', events, [], ['--since', 'x'], /It must be a position/],
  ['no day', events, [], ['--kept-from', 'monday'], /It must be a day/],
  ['no keys', events, [], ['--keys', '/dev/null'], /\/dev\/null is not a JWK Set/],
  ['no file', events, [], ['--seals', '/nowhere'], /\/nowhere cannot be read/],
])('%s is an error of usage that says so', async (_what, exported, log, more, message) => {
  const { code, stderr } = await verify(exported, log, ...more);
  expect(stderr).toMatch(message);
  expect(code).toBe(exitCodes.usage);
});

test('seals are printed to the last one, as lines, and keys as a JWK Set', async () => {
  const full = Array.from({ length: 1_000 }, (_, n) => ({ ...seal, number: n + 1 }));
  const server = await startAuditServer(
    { seals: full },
    { seals: [{ ...seal, number: 1_001 }] },
    JSON.parse(keys),
  );
  const listed = await server.admit(['seals']).ended;
  expect(listed.code).toBe(exitCodes.success);
  expect(listed.stdout.split('\n').length).toBe(1_002);
  const shown = await server.admit(['seals', '--keys']).ended;
  expect(JSON.parse(shown.stdout)).toEqual(JSON.parse(keys));
  expect(server.requests.map(({ path, parameters: [after] }) => [path, after?.[1]])).toEqual([
    ['seals', '0'],
    ['seals', '1000'],
    ['keys', undefined],
  ]);
});
