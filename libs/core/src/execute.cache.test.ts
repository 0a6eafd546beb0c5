import { beforeEach, describe, expect, it } from 'vitest';
import { execute, type Outcome } from './execute.ts';
import { type Choose, scriptedStore, withEveryChoice } from './ports/scripted-store.fixture.ts';
import { TestStore } from './ports/ticket-store.fixture.ts';
import { StoreError } from './ports/ticket-store.ts';
import { createStoreClock } from './store-clock.ts';
import type { TicketCommand } from './ticket/commands.ts';
import { NO_TICKET } from './ticket/state.ts';
import {
  confirm,
  consumed,
  issue,
  issued,
  release,
  released,
  reserve,
  reserved,
  revoke,
  revoked,
  stateAfter,
  T0,
} from './ticket/ticket.fixture.ts';
import { createTicketCache, type TicketCache } from './ticket-cache.ts';

let store: TestStore;
let memory: TicketCache;

beforeEach(() => {
  store = new TestStore();
  const clock = createStoreClock();
  clock.observe(T0);
  memory = createTicketCache({ clock });
});

function run(command: TicketCommand): Promise<Outcome> {
  return execute('ticket', command, { store, source: 'ticket-service-1', cache: memory });
}

const held = stateAfter(issued(), reserved('H', { at: T0 }));

describe('where a process remembers a ticket', () => {
  it('takes it from issue to admission without a load', async () => {
    for (const command of [issue(), reserve('H'), confirm('H', 'C')])
      expect(await run(command)).toMatchObject({ kind: 'accepted', now: T0 });
    expect(store.appended.map(({ state }) => state.status)).toEqual(['issued', 'reserved', 'consumed']);
    expect(store.loads).toBe(0);
  });

  it('loads it where somebody else has changed it since', async () => {
    await run(issue());
    store.put('ticket', held);
    expect(await run(reserve('G'))).toMatchObject({ kind: 'rejected', reason: 'ticket_in_use' });
    expect(store.loads).toBe(1);
  });

  it('never rejects from the cache', async () => {
    await run(issue());
    await run(reserve('H'));
    store.put('ticket', stateAfter(issued(), reserved('H', { at: T0 }), released('H', { at: T0 })));
    expect(await run(reserve('G'))).toMatchObject({ kind: 'accepted', state: { status: 'reserved' } });
    expect(store.loads).toBe(1);
  });

  it('accepts nothing by memory that leaves no event', async () => {
    await run(issue());
    await run(reserve('H'));
    store.put('ticket', stateAfter(issued(), revoked()));
    expect(await run(reserve('H'))).toMatchObject({ kind: 'rejected', reason: 'ticket_revoked' });
  });

  it('yields to a revocation as ever', async () => {
    await run(issue());
    await store.revoke('session:main:session-1', T0 / 1000);
    expect(await run(reserve('H'))).toMatchObject({ kind: 'rejected', reason: 'session_revoked' });
  });

  it('forgets it where the outcome is unknown', async () => {
    await run(issue());
    store.before.append = () => {
      throw new StoreError('unavailable', 'no answer');
    };
    await expect(run(reserve('H'))).rejects.toThrow('no answer');
    store.before = {};
    await run(reserve('H'));
    expect(store.loads).toBe(1);
  });

  it('issues no ticket twice', async () => {
    store.put('ticket', stateAfter(issued()));
    expect(await run(issue())).not.toMatchObject({ kind: 'accepted', state: { status: 'reserved' } });
    expect(store.appended).toEqual([]);
    expect(store.loads).toBe(1);
  });
});

/** Chooses freely at first, and then what ends it: the last answer of each call is that there was none. */
function shortly(choose: Choose): Choose {
  let choices = 0;
  return (options) => {
    choices += 1;
    return choices <= 3 ? choose(options) : (options.at(-1) as (typeof options)[number]);
  };
}

describe('an optimistic read, whatever it and the store answer', () => {
  const states = [NO_TICKET, stateAfter(issued()), held, stateAfter(issued(), revoked())];
  const mayFind = [
    ...states.map((state) => ({ state, now: T0 })),
    { state: stateAfter(issued(), reserved('H', { at: T0 }), consumed('H', 'C')), now: T0 },
  ];
  const commands = [issue(), reserve('H'), reserve('G'), confirm('H', 'C'), release('H'), revoke()];

  it.each(commands)('$type uses an optimistic read only with an append that succeeds', async (command) => {
    let provenReads = 0;
    for (const state of states)
      await withEveryChoice(async (choose) => {
        const { store: scripted, calls } = scriptedStore(shortly(choose), () => mayFind);
        const cache = { ...memory, peek: () => ({ version: 'cached', state, now: T0 }) };
        const options = { store: scripted, source: 'ticket-service-1', cache: cache };
        const outcome = await execute('ticket', command, options).catch((error: unknown) => error);
        const [first, ...later] = calls;
        if (first?.of !== 'append') return expect(first?.of).toBe('load');
        expect(first.append.expectedVersion).toBe('cached');
        if (first.answer instanceof StoreError) return expect(outcome).toBe(first.answer);
        if (first.answer.ok) {
          provenReads += 1;
          return expect([later, outcome]).toEqual([[], expect.objectContaining({ kind: 'accepted' })]);
        }
        expect(later[0]?.of).toBe(first.answer.because === 'version' ? 'load' : 'record');
      });
    expect(provenReads).toBeGreaterThan(0);
  });
});
