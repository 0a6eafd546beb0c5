import type { StoredEvent } from '@admit-one/core';
import { seededEvents } from '@admit-one/port-contracts';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type InclusionProof, proveInclusion } from './inclusion.ts';
import { auditPath, leafHash, rootOfPath, treeHash } from './merkle-tree.ts';
import { createSealContents, digestOfSeal, LEAF, type Seal, START } from './seal.ts';
import { generateSealSigningKey, publicSealKeyOf, signSeal } from './sign.ts';
import { type Case, verifyCase } from './verify-case.ts';

const key = generateSealSigningKey();
const keys = { keys: [publicSealKeyOf(key)] };

/** Over midnight, with salts. */
const events: readonly StoredEvent[] = [
  ...seededEvents({ count: 60, from: Date.UTC(2026, 0, 10, 23), to: Date.UTC(2026, 0, 11, 1) }),
].map((event, n) => ({ ...event, position: `1.${n + 1}.0`, salt: `salt-${n}` }));

/** Every tenth event of three seals: a case of six events. */
const wanted = new Set(events.filter((_, n) => n % 10 === 3).map(({ position }) => position));
const PER_SEAL = 20;
let sound: Case;

beforeAll(async () => {
  const seals: { number: number; jws: string }[] = [];
  const proven: { event: StoredEvent; proof: InclusionProof }[] = [];
  for (const number of [1, 2, 3]) {
    const covered = events.slice((number - 1) * PER_SEAL, number * PER_SEAL);
    const contents = createSealContents();
    for (const event of covered) contents.add(event);
    const seal: Seal = {
      ...{ number, previous: null, after: number === 1 ? START : `1.${(number - 1) * PER_SEAL}.0` },
      ...{
        to: `1.${number * PER_SEAL}.0`,
        leaf: LEAF,
        days: contents.days(),
        sealedAt: '2026-01-11T01:00:00Z',
      },
    };
    seals.push({ number, jws: (await signSeal(seal, key)).jws });
    proven.push(...(await proveInclusion(seal, covered, wanted)));
  }
  sound = { seals, keys, events: proven.map(({ event }) => event), proofs: proven.map(({ proof }) => proof) };
});

test('every leaf of every tree leads to its root, and to no other by another path, index or size', () => {
  const tree = fc.integer({ min: 1, max: 40 }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)));
  fc.assert(
    fc.property(tree, fc.nat(40), fc.nat(40), ([size, index], otherIndex, otherSize) => {
      const leaves = Array.from({ length: size }, (_, n) => leafHash(String(n)));
      const [leaf, root] = [leaves[index] as Buffer, treeHash(leaves)];
      const path = auditPath(leaves, index);
      expect(rootOfPath(leaf, index, size, path)).toEqual(root);
      if (otherIndex !== index) expect(rootOfPath(leaf, otherIndex, size, path)).not.toEqual(root);
      expect(rootOfPath(leafHash('x'), index, size, path)).not.toEqual(root);
      expect(rootOfPath(leaf, index, size, [...path, root])).toBeNull();
      if (path.length > 0) expect(rootOfPath(leaf, index, size, path.slice(1))).toBeNull();
      if (otherSize < index) expect(rootOfPath(leaf, index, otherSize, path)).toBeNull();
    }),
  );
});

test('a case is verified with its seals alone, and the events after the last seal are not', async () => {
  const unsealed = { ...(events[0] as StoredEvent), position: '1.99.0' };
  expect(await verifyCase({ ...sound, events: [...sound.events, unsealed] })).toEqual({
    ...{ problems: [], proven: 6, unproven: ['1.99.0'], forgotten: 0, seals: 3, kids: [key.kid] },
  });
});

type Change = (sound: Case) => Partial<Case>;
const changed =
  (n: number, change: (event: StoredEvent) => StoredEvent): Change =>
  ({ events: all }) => ({ events: all.map((event, m) => (m === n ? change(event) : event)) });

test.each<[string, Change, RegExp]>([
  [
    'an edited event',
    changed(2, (event) => ({ ...event, source: 'forged' })),
    /^the event at 1\.24\.0 is not/,
  ],
  ['an edited salt', changed(2, (event) => ({ ...event, salt: 'salt-0' })), /^the event at 1\.24\.0 is not/],
  [
    'a moved event',
    changed(2, (event) => ({ ...event, position: '1.25.0' })),
    /^the event at 1\.2[45]\.0 is/,
  ],
  [
    'swapped proofs',
    ({ proofs: [one, other, ...more] }) => ({
      proofs: [
        { ...(other as InclusionProof), position: String(one?.position) },
        { ...(one as InclusionProof), position: String(other?.position) },
        ...more,
      ],
    }),
    /^the event at 1\.4\.0 is not the one that seal 1 has/,
  ],
  [
    'a missing proof',
    ({ proofs }) => ({ proofs: proofs.slice(1) }),
    /^the event at 1\.4\.0 is in a sealed range/,
  ],
  [
    'a missing seal with its proofs',
    ({ proofs, seals }) => ({ proofs: proofs.slice(2), seals: seals.slice(1) }),
    /^the event at 1\.4\.0 is in a sealed range/,
  ],
  ['two proofs', ({ proofs }) => ({ proofs: [...proofs, ...proofs.slice(0, 1)] }), /^there are two proofs/],
  ['a missing event', ({ events: all }) => ({ events: all.slice(1) }), /^the event at 1\.4\.0 is missing/],
  [
    'a repeated event',
    ({ events: all }) => ({ events: [...all, ...all.slice(0, 1)] }),
    /^there are two events/,
  ],
  ['a missing seal', ({ seals }) => ({ seals: seals.slice(1) }), /^seal 1, which the event at 1\.4\.0/],
  [
    'a swapped seal',
    ({ seals }) => ({ seals: seals.map(({ number }, n) => ({ number, jws: String(seals.at(n - 1)?.jws) })) }),
    /^seal 1 is not valid: it is number 3$/,
  ],
  [
    'a seal of another key',
    () => ({ keys: { keys: [publicSealKeyOf(generateSealSigningKey())] } }),
    /^seal 1 is not valid: none of the keys/,
  ],
  [
    'another seal than was witnessed',
    () => ({ witnesses: [{ number: 2, digest: digestOfSeal('x') }] }),
    /^seal 2 is not valid: it is another/,
  ],
])('%s is told', async (_what, change, problem) => {
  const { problems } = await verifyCase({ ...sound, ...change(sound) });
  expect(problems[0]).toMatch(problem);
});

test('whatever is changed in a case is found', async () => {
  const member = fc.constantFrom('id', 'source', 'type', 'subject', 'time', 'partitionkey', 'sequence');
  await fc.assert(
    fc.asyncProperty(fc.nat(5), member, fc.string({ minLength: 1 }), async (n, name, value) => {
      const edited = changed(n, (event) => ({
        ...event,
        [name]: name === 'time' ? new Date(Date.parse(event.time) + value.length).toISOString() : `${value}.`,
      }));
      expect((await verifyCase({ ...sound, ...edited(sound) })).problems.length).toBeGreaterThan(0);
    }),
    { numRuns: 40 },
  );
});
