import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Act } from './acts.ts';
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

/** Fails where the property holds; gives what fast-check shrank its counter-example to. */
async function counterExample(property: Property, broken: Broken): Promise<readonly unknown[]> {
  const { counterexample, errorInstance } = await fc.check(property(opening(broken)), { numRuns: 1_000 });
  expect(errorInstance).toMatchObject({ name: 'AssertionError' });
  return counterexample ?? [];
}

const inTurn: Property = (open) => agreesInTurn(open, { timePasses: true });

it.each([
  { guard: 'the memory of an admission', broken: withoutAdmissions, shows: /(confirm|redeem) A/ },
  { guard: 'the markers of revocations', broken: withoutRevocations, shows: /the session is revoked/ },
  { guard: 'the second event of an append', broken: withoutLaterEvents, shows: /redeem A/ },
  {
    guard: 'the record of a rejection',
    broken: withoutRejections,
    shows: /(issue|reserve|confirm|redeem|revoke) A/,
  },
])('without $guard they do not agree in turn, and a short story shows it', async ({ broken, shows }) => {
  const [acts] = await counterExample(inTurn, broken);
  expect(fc.stringify(acts)).toMatch(shows);
  expect((acts as readonly Act[]).length).toBeLessThanOrEqual(5);
});

it('without the version check of an append they do not agree at once', async () => {
  const [, schedule] = await counterExample(agreesAtOnce, withoutVersionCheck);
  expect(`${schedule}`).toMatch(/: append resolved/);
});
