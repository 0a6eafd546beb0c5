import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredEvent } from '@admit-one/core';
import {
  createSealContents,
  generateSealSigningKey,
  LEAF,
  proveInclusion,
  publicSealKeyOf,
  type Seal,
  START,
  signSeal,
} from '@admit-one/seals';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate/browser';
import { expect, onTestFinished, test } from 'vitest';
import { exitCodes } from '../../command-error.ts';
import { admit } from '../../terminal.fixture.ts';
import { apiEvent, startAuditServer, TICKET_ID } from '../audit-server.fixture.ts';

const key = generateSealSigningKey();
const keys = { keys: [publicSealKeyOf(key)] };

const principal = { issuer: 'main', session: 's', user: 'alice', attributes: {} };
const told = [1, 2, 3].map((sequence) => ({
  ...apiEvent(sequence, 'admit.ticket.issued', { principal, context: { agent: '\u001b[2J' } }),
  sinceMs: sequence,
}));
const sealed = told.slice(0, 2).map(({ sinceMs: _, ...event }, n) => ({ ...event, salt: `salt-${n}` }));
const story = {
  ...{ kind: 'ticket', id: TICKET_ID, verdict: 'Issued, never presented.', stage: 'issued', reason: null },
  ...{ tickets: [], truncated: false },
};

async function proofs() {
  const events = sealed as unknown as readonly StoredEvent[];
  const contents = createSealContents();
  for (const event of events) contents.add(event);
  const seal: Seal = {
    ...{ number: 1, previous: null, after: START, to: '1.2.0', leaf: LEAF, days: contents.days() },
    sealedAt: '2026-01-31T12:01:00.000Z',
  };
  const proven = await proveInclusion(seal, events, new Set(events.map(({ position }) => position)));
  return {
    ...{ events, proofs: proven.map(({ proof }) => proof) },
    seals: [{ number: 1, jws: (await signSeal(seal, key)).jws }],
  };
}

/** Makes a case of the first events of the story, and gives its file and what was printed. */
async function makeCase(count: number) {
  const folder = await mkdtemp(join(tmpdir(), 'admit-one-case-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'case.zip');
  const server = await startAuditServer({ ...story, events: told.slice(0, count) }, await proofs(), keys);
  const run = await server.admit(['case', 'ticket', TICKET_ID, '--out', file]).ended;
  return { folder, file, run, requests: server.requests };
}

const verify = (file: string, ...more: readonly string[]) => admit(['audit', 'verify', file, ...more]).ended;

test('a case is made of a story, and verified without a server, by its own keys or a copy of them', async () => {
  const { folder, file, run, requests } = await makeCase(2);
  expect(run).toMatchObject({
    code: exitCodes.success,
    stderr: expect.stringContaining('2 events, 2 of them in 1 seal'),
  });
  expect(requests.map(({ path }) => path)).toEqual([`tickets/${TICKET_ID}`, 'proofs', 'keys']);
  expect(JSON.parse(String(requests[1]?.body))).toEqual({ positions: ['1.1.0', '1.2.0'] });

  const entries = unzipSync(await readFile(file));
  const textOf = (name: string) => strFromU8(entries[name] ?? new Uint8Array());
  expect(JSON.parse(textOf('story.json'))).toEqual(story);
  expect(textOf('summary.md')).toMatch(
    /^### Case: ticket .*\n\nIssued, never presented\.\n.*\| `ticket\.issued` /s,
  );
  expect(
    textOf('transcript.ndjson')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { request: `GET /api/v1/audit/tickets/${TICKET_ID}`, answered: true },
    { request: 'POST /api/v1/audit/proofs', body: { positions: ['1.1.0', '1.2.0'] } },
    { request: 'GET /api/v1/audit/keys' },
  ]);

  const own = join(folder, 'keys.json');
  await writeFile(own, JSON.stringify(keys));
  expect(await verify(file, '--keys', own)).toMatchObject({
    code: exitCodes.success,
    stdout: `2 events compared with 1 seal, signed by ${key.kid}\nVerified: every event is as it was sealed. Whether there were others, a case does not tell.\n`,
  });
  expect(await verify(file)).toMatchObject({
    code: exitCodes.success,
    stdout: expect.stringContaining('The keys are those in the case, which anyone can make'),
  });
  const other = { keys: [publicSealKeyOf(generateSealSigningKey())] };
  await writeFile(own, JSON.stringify(other));
  expect(await verify(file, '--keys', own)).toMatchObject({ code: exitCodes.failure });
});

test('events that are not sealed yet are in the case, and said not to be proven', async () => {
  const { file, run } = await makeCase(3);
  expect(run).toMatchObject({
    code: exitCodes.incomplete,
    stderr: expect.stringContaining('Not all events are sealed'),
  });
  expect(await verify(file)).toMatchObject({
    code: exitCodes.incomplete,
    stdout: expect.stringMatching(/not proven: the event at 1\.3\.0 .*\nVerified in part/s),
  });
});

test.each<[string, string, (text: string) => string, RegExp]>([
  [
    'an edited event',
    'events.ndjson',
    (text) => text.replace('alice', 'bob'),
    /wrong: the event at 1\.1\.0 is not/,
  ],
  [
    'a text that would control the terminal',
    'events.ndjson',
    (text) => text.replace('"position":"1.1.0"', '"position":"\\u001b[2J"'),
    /not proven: the event at \\u001b\[2J/,
  ],
  ['a missing seal', 'seals.ndjson', () => '', /wrong: seal 1, which the event at 1\.1\.0 is in, is missing/],
  ['a missing proof', 'proofs.ndjson', (text) => text.replace(/.*\n/, ''), /wrong: .* its proof is missing/],
])('%s is told', async (_what, name, change, problem) => {
  const { file } = await makeCase(2);
  const entries = unzipSync(await readFile(file));
  await writeFile(
    file,
    zipSync({ ...entries, [name]: strToU8(change(strFromU8(entries[name] as Uint8Array))) }),
  );
  const { code, stdout } = await verify(file);
  expect(stdout).toMatch(problem);
  expect(stdout).not.toContain('\u001b');
  expect(stdout).toMatch(/\nNot verified\.\n$/);
  expect(code).toBe(exitCodes.failure);
});

test.each<[string, Record<string, Uint8Array> | null, RegExp]>([
  ['another archive', { 'a.txt': strToU8('a') }, /case\.zip lacks keys\.json/],
  [
    'a line that is no event',
    { ...empty(), 'events.ndjson': strToU8('{"id":1}\n') },
    /has a line 1 in events\.ndjson that is not of a case/,
  ],
  ['a cut-off archive', null, /is not a sound ZIP archive/],
])('%s is an error of usage', async (_what, entries, message) => {
  const { file } = await makeCase(2);
  const whole = await readFile(file);
  await writeFile(file, entries ? zipSync(entries) : whole.subarray(0, whole.length / 2));
  expect(await verify(file)).toMatchObject({ code: exitCodes.usage, stderr: expect.stringMatching(message) });
});

function empty(): Record<string, Uint8Array> {
  const names = ['events.ndjson', 'proofs.ndjson', 'seals.ndjson'];
  return {
    ...Object.fromEntries(names.map((name) => [name, strToU8('')])),
    'keys.json': strToU8('{"keys":[]}'),
  };
}

test('an archive is not written to a terminal, over a file, or where nothing is known', async () => {
  const onTerminal = await startAuditServer();
  expect(await onTerminal.admit(['case', TICKET_ID], { isTTY: true }).ended).toMatchObject({
    code: exitCodes.usage,
  });
  const { file } = await makeCase(2);
  const server = await startAuditServer({ ...story, events: told.slice(0, 2) }, await proofs(), keys);
  expect(await server.admit(['case', 'ticket', TICKET_ID, '--out', file]).ended).toMatchObject({
    ...{ code: exitCodes.usage, stderr: expect.stringContaining('cannot be written') },
  });
  const nobody = await startAuditServer({ ...story, events: [] });
  expect(await nobody.admit(['case', 'ticket', TICKET_ID]).ended).toMatchObject({
    code: exitCodes.notFound,
    stdout: '',
  });
});
