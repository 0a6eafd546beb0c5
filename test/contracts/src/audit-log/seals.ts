import type { SealStore, StoredSeal } from '@admit-one/core';
import { expect } from 'vitest';
import { unique } from '../sample-events.ts';
import type { AuditLogTests } from './subject.ts';

/** The one behind the last. */
async function nextSeal(seals: SealStore): Promise<StoredSeal> {
  const number = ((await seals.last())?.number ?? 0) + 1;
  const sealedAt = '2026-01-31T12:00:00.123Z';
  return { number, to: `1.${number}.0`, sealedAt, kid: unique('key'), leaf: 2, jws: unique('seal') };
}

export const sealTests: AuditLogTests = {
  'are added one behind the other, and read in their order': async ({ log: { seals } }) => {
    const before = (await seals.last())?.number ?? 0;
    const added: StoredSeal[] = [];
    // Across a change in the number of digits.
    for (let n = 0; n < 11; n += 1) {
      const seal = await nextSeal(seals);
      expect(await seals.add(seal, { kid: seal.kid })).toBe(true);
      expect(await seals.last()).toEqual(seal);
      added.push(seal);
    }
    expect(await seals.list(before, 20)).toEqual(added);
    expect(await seals.list(before + 1, 1)).toEqual([added[1]]);
    expect(await seals.covering(`1.${before + 9}.7`)).toEqual(added[9]);
    expect(await seals.covering(`1.${before + 11}.1`)).toBeNull();
    expect((await seals.keys()).slice(-11)).toEqual(added.map(({ kid }) => ({ kid })));
  },

  'are added once, by one of those that try at once, and without a gap': async ({ log: { seals } }) => {
    const seal = await nextSeal(seals);
    const tries = Array.from({ length: 5 }, () => ({ ...seal, jws: unique('seal') }));
    const added = await Promise.all(tries.map((one) => seals.add(one, { kid: seal.kid })));
    expect(added.filter((isAdded) => isAdded)).toHaveLength(1);
    expect(await seals.last()).toEqual(tries[added.indexOf(true)]);
    const later = { ...seal, number: seal.number + 2, kid: unique('key') };
    expect(await seals.add(later, { kid: later.kid })).toBe(false);
    expect(await seals.keys()).not.toContainEqual({ kid: later.kid });
  },
};
