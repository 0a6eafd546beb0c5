import type { StoredEvent } from '@admit-one/core';
import { seededEvents } from '@admit-one/port-contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSealContents, digestOfSeal, LEAF, START } from './seal.ts';
import { generateSealSigningKey, publicSealKeyOf, signSeal } from './sign.ts';
import { type VerifyOptions, verifyExport } from './verify-export.ts';

const key = generateSealSigningKey();
const other = generateSealSigningKey();
const keys = { keys: [publicSealKeyOf(key)] };

/** Over midnight. */
const times = { from: Date.UTC(2026, 0, 10, 23), to: Date.UTC(2026, 0, 11, 1) };
const PER_SEAL = 10;

const events: readonly StoredEvent[] = [...seededEvents({ count: 43, ...times })].map((event, n) => ({
  ...event,
  position: `1.${Math.floor(n / 3) + 1}.${n % 3}`,
}));

/** Seals over the events; the last few are not sealed. */
async function sealed(signedBy = [key, key, key, key], form = LEAF): Promise<readonly string[]> {
  const seals: string[] = [];
  let after = START;
  for (const [n, signer] of signedBy.entries()) {
    const contents = createSealContents(form);
    const covered = events.slice(n * PER_SEAL, (n + 1) * PER_SEAL);
    for (const event of covered) contents.add(event);
    const before = seals.at(-1);
    const seal = {
      number: n + 1,
      previous: before ? digestOfSeal(before) : null,
      ...{ after, to: covered.at(-1)?.position ?? after },
      ...(form > 1 && { leaf: form }),
      days: contents.days(),
      sealedAt: '2026-01-11T01:00:00.000Z',
    };
    seals.push((await signSeal(seal, signer)).jws);
    after = seal.to;
  }
  return seals;
}

const seals = await sealed();

function verify(options: Partial<VerifyOptions> = {}) {
  return verifyExport({ events, seals, keys, ...options });
}

async function problemsOf(options: Partial<VerifyOptions>): Promise<readonly string[]> {
  return (await verify(options)).problems;
}

/** The events with one replaced by some. */
function withEvent(n: number, replace: (event: StoredEvent) => readonly StoredEvent[]) {
  return events.flatMap((event, m) => (m === n ? replace(event) : [event]));
}

test('events are those that were sealed', async () => {
  expect(await verify()).toEqual({
    problems: [],
    seals: 4,
    sealed: 40,
    unsealed: 3,
    forgotten: 0,
    droppedDays: {},
    kids: [key.kid],
  });
});

test.each<[string, readonly StoredEvent[], RegExp]>([
  [
    'changed',
    withEvent(17, (event) => [{ ...event, source: 'forged' }]),
    /^seal 2 .* not those that were sealed$/,
  ],
  ['deleted', withEvent(17, () => []), /^seal 2 .* events of .*, and here are /],
  ['inserted', withEvent(17, (event) => [event, { ...event, position: '1.6.9' }]), /^seal 2 .* here are /],
  [
    'swapped in the file',
    events.with(17, events[18] as StoredEvent).with(18, events[17] as StoredEvent),
    /order/,
  ],
  [
    'moved to another position',
    withEvent(17, (event) => [{ ...event, position: '1.6.7' }]),
    /^seal 2 .* sealed$/,
  ],
  ['not there from some time on', events.slice(0, 25), /^seal 3 .* here are /],
])('an event that was %s is found', async (_how, changed, problem) => {
  expect(await problemsOf({ events: changed })).toContainEqual(expect.stringMatching(problem));
});

test('whatever is done to one event is found, and where', async () => {
  const change = fc.constantFrom<(event: StoredEvent) => readonly StoredEvent[]>(
    () => [],
    (event) => [{ ...event, subject: `${event.subject}.` }],
    (event) => [{ ...event, data: { ...event.data, count: 2 } } as unknown as StoredEvent],
    (event) => [{ ...event, time: new Date(Date.parse(event.time) + 1).toISOString() }],
    (event) => [event, { ...event, position: event.position.replace(/\d+$/, '7') }],
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(39), change, async (n, replace) => {
      const problems = await problemsOf({ events: withEvent(n, replace) });
      expect(problems.length).toBeGreaterThan(0);
      // An event may be moved into the next one.
      for (const problem of problems)
        expect(problem).toMatch(
          new RegExp(`^seal (${Math.floor(n / PER_SEAL) + 1}|${Math.floor(n / PER_SEAL) + 2}) |order`),
        );
    }),
    { numRuns: 30 },
  );
});

test('a log and its seals that were cut off together are found by a witness alone', async () => {
  const cut = { events: events.slice(0, 30), seals: seals.slice(0, 3) };
  expect(await problemsOf(cut)).toEqual([]);
  const witnesses = seals.map((jws, n) => ({ number: n + 1, digest: digestOfSeal(jws) }));
  expect(await problemsOf({ witnesses })).toEqual([]);
  expect(await problemsOf({ ...cut, witnesses })).toEqual([
    'seal 4 was witnessed and is not here: the end is missing',
  ]);
});

test('seals that were replaced with the key are found by a witness alone', async () => {
  const [first, ...rest] = seals;
  const witnesses = [{ number: 2, digest: digestOfSeal(String(first)) }];
  expect(await problemsOf({ seals: [String(first), ...rest], witnesses })).toEqual([
    'seal 2 is another than the one that was witnessed',
  ]);
});

test.each<[string, readonly string[], RegExp]>([
  ['is missing', seals.toSpliced(1, 1), /^the seal behind number 1 is not valid: it does not continue/],
  ['is missing at the beginning', seals.slice(1), /^the seals begin with number 2/],
  ['is not signed', seals.with(1, `${String(seals[1]).slice(0, -8)}AAAAAAAA`), /number 1 .* signature/],
  ['is signed by another key', await sealed([key, other, key, key]), /number 1 .* none of the keys/],
  ['is no seal', seals.with(1, 'seal'), /^the seal behind number 1 is not valid/],
])('a seal that %s is found', async (_how, changed, problem) => {
  expect(await problemsOf({ seals: changed })).toContainEqual(expect.stringMatching(problem));
});

test('seals of two keys are valid with both', async () => {
  const rotated = await sealed([key, key, other, other]);
  const both = { keys: [publicSealKeyOf(key), publicSealKeyOf(other)] };
  expect(await verify({ seals: rotated, keys: both })).toMatchObject({
    problems: [],
    kids: [key.kid, other.kid],
  });
});

test('a dropped day is told, and only where it is said that it is not kept', async () => {
  const kept = events.filter(({ time }) => time >= '2026-01-11');
  expect((await problemsOf({ events: kept })).length).toBeGreaterThan(0);
  const { problems, droppedDays } = await verify({ events: kept, keptFrom: '2026-01-11' });
  expect(problems).toEqual([]);
  expect(droppedDays).toEqual({
    '2026-01-10': events.slice(0, 40).filter(({ time }) => time < '2026-01-11').length,
  });
});

test('an export from a position on is compared from the next seal on', async () => {
  const since = events[12]?.position ?? '';
  expect(await verify({ events: events.slice(13), since })).toMatchObject({
    ...{ problems: [], sealed: 20, unsealed: 10 },
  });
});
