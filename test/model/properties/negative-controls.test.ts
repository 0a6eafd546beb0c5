import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Step } from './actions.ts';
import { agreesAtOnce } from './at-once.ts';
import {
  type Broken,
  withoutAdmissions,
  withoutLaterEvents,
  withoutRejections,
  withoutRevocations,
  withoutVersionCheck,
} from './broken-stores.ts';
import { agreesInTurn } from './in-turn.ts';
import { openMemory, type Subject } from './subjects.ts';

/** Subjects whose store has lost a guard. */
function opening(broken: Broken): () => Subject {
  return () => openMemory((store) => ({ ...store, ...broken(store) }));
}

type Property = (open: () => Subject) => fc.IAsyncProperty<readonly unknown[]>;

/** What fast-check shrinks a story to may be no shorter for any one step left out, and still be long: the shortest counts. */
const SEEDS = [1, 2, 3, 4, 5];

/** Fails where the property holds; gives the shortest counter-example. */
async function counterExample(property: Property, broken: Broken): Promise<readonly unknown[]> {
  const found: (readonly unknown[])[] = [];
  for (const seed of SEEDS) {
    const { counterexample, errorInstance } = await fc.check(property(opening(broken)), {
      numRuns: 1_000,
      seed,
    });
    expect(errorInstance).toMatchObject({ name: 'AssertionError' });
    found.push(counterexample ?? []);
  }
  const [shortest = []] = found.toSorted((one, other) => lengthOf(one) - lengthOf(other));
  return shortest;
}

function lengthOf(counterexample: readonly unknown[]): number {
  return fc.stringify(counterexample).length;
}

const inTurn: Property = (open) => agreesInTurn(open, { timePasses: true });

it.each([
  { guard: 'the memory of an admission', broken: withoutAdmissions, shows: /(confirm|redeem) [AB]/ },
  { guard: 'the markers of revocations', broken: withoutRevocations, shows: /the session is revoked/ },
  { guard: 'the second event of an append', broken: withoutLaterEvents, shows: /redeem [AB]/ },
  {
    guard: 'the record of a rejection',
    broken: withoutRejections,
    shows: /(issue|reserve|confirm|redeem|revoke) [AB]/,
  },
])('without $guard they do not agree in turn, and a short story shows it', async ({ broken, shows }) => {
  const [steps] = await counterExample(inTurn, broken);
  expect(fc.stringify(steps)).toMatch(shows);
  expect((steps as readonly Step[]).length).toBeLessThanOrEqual(5);
});

it('without the version check of an append they do not agree at once', async () => {
  const [, schedule] = await counterExample(agreesAtOnce, withoutVersionCheck);
  expect(`${schedule}`).toMatch(/: append resolved/);
});
