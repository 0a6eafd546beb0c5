import type { TicketStore } from '@admit-one/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { agreesAtOnce } from './at-once.ts';
import { agreesInTurn } from './in-turn.ts';
import { openMemory, type Subject } from './subjects.ts';

type Broken = (store: TicketStore) => Partial<TicketStore>;

/** A subject whose store has lost a guard. */
function opening(broken: Broken): () => Subject {
  return () => {
    const { stores, ...subject } = openMemory();
    const [store] = stores;
    return { ...subject, stores: [{ ...store, ...broken(store) }] };
  };
}

const withoutVersionCheck: Broken = (store) => ({
  async append(append) {
    const { version } = await store.load(append.ticketId);
    return store.append({ ...append, expectedVersion: version });
  },
});

/** A used ticket is taken for one that its handshake still holds, so that another connection of it is let in. */
const withoutAdmissions: Broken = (store) => ({
  async load(ticketId) {
    const loaded = await store.load(ticketId);
    const { state } = loaded;
    if (state.status !== 'consumed') return loaded;
    const { connection: _, ...rest } = state;
    return { ...loaded, state: { ...rest, status: 'reserved', reservations: 1 } };
  },
});

const withoutRevocations: Broken = (store) => ({
  append: (append) => store.append({ ...append, unless: [] }),
});

const withoutLaterEvents: Broken = (store) => ({
  append: (append) => store.append({ ...append, events: append.events.slice(0, 1) }),
});

const withoutRejections: Broken = () => ({ record: async () => {} });

type Property = (open: () => Subject) => fc.IAsyncProperty<readonly unknown[]>;

/** Fails where the property holds; gives the shortest counter-example, as fast-check would print it. */
async function counterExample(property: Property, broken: Broken): Promise<string> {
  const { failed, counterexample } = await fc.check(property(opening(broken)), { numRuns: 1_000 });
  expect(failed).toBe(true);
  return fc.stringify(counterexample);
}

const inTurn: Property = (open) => agreesInTurn(open, { timePasses: true });

it.each([
  { guard: 'the memory of an admission', broken: withoutAdmissions, shows: /(confirm|redeem) A/ },
  { guard: 'the markers of revocations', broken: withoutRevocations, shows: /the session is revoked/ },
  { guard: 'the second event of an append', broken: withoutLaterEvents, shows: /redeem A/ },
  { guard: 'the record of a rejection', broken: withoutRejections, shows: /A/ },
])('without $guard they do not agree in turn, and a short story shows it', async ({ broken, shows }) => {
  const story = await counterExample(inTurn, broken);
  expect(story).toMatch(shows);
  expect(story.split(',').length).toBeLessThanOrEqual(6);
});

it('without the version check of an append they do not agree at once', async () => {
  const story = await counterExample(agreesAtOnce, withoutVersionCheck);
  expect(story).toMatch(/: append resolved/);
});
