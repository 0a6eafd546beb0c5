import fc from 'fast-check';
import { expect } from 'vitest';
import type { TicketCommand } from './commands.ts';
import { type Decision, decide } from './decide.ts';
import type { TicketEvent } from './events.ts';
import { evolve } from './evolve.ts';
import { NO_TICKET, type TicketState } from './state.ts';
import { confirm, context, exchange, issue, redeem, release, reserve, revoke, T0 } from './ticket.fixture.ts';

interface Timed {
  readonly command: TicketCommand;
  /** Store time, Unix milliseconds. */
  readonly now: number;
}

export interface Step extends Timed {
  readonly before: TicketState;
  readonly decision: Decision;
  readonly events: readonly TicketEvent[];
  readonly after: TicketState;
}

/** Runs commands on one ticket. Throws where an event cannot follow, or a decision writes to its frozen input. */
export function run(commands: readonly Timed[]): readonly Step[] {
  let state: TicketState = NO_TICKET;
  return commands.map(({ command, now }) => {
    const before = state;
    const decision = decide(before, command, now);
    const events = decision.kind === 'accepted' ? decision.events : [];
    state = events.reduce((to, event) => frozen(evolve(to, frozen(event))), state);
    return { command, now, before, decision, events, after: state };
  });
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

const handshake = fc.constantFrom('H', 'G', 'F');
/** The routes of the handshakes are chat and games. */
const DENIED = { binding: { deniedRoutes: ['games'] } };
const connection = fc.constantFrom('C', 'D', 'E');
const on = fc
  .constantFrom('chat', 'chat', 'chat', 'games', null)
  .map((route) => ({ context: { ...context, route } }));

const anything: fc.Arbitrary<TicketCommand> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(handshake, on).map(([h, where]) => reserve(h, where)) },
  { weight: 3, arbitrary: fc.tuple(handshake, connection).map(([h, c]) => confirm(h, c)) },
  { weight: 2, arbitrary: handshake.map((h) => release(h)) },
  { weight: 1, arbitrary: fc.tuple(handshake, on).map(([h, where]) => exchange(h, where)) },
  { weight: 1, arbitrary: fc.tuple(handshake, on).map(([h, where]) => redeem(h, where)) },
  { weight: 1, arbitrary: fc.constantFrom(issue(), issue({ route: 'chat' }), issue(DENIED), revoke()) },
);

/** Mostly within a lease, sometimes past it, seldom past the ticket. */
const anyPauseMs = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 800 }) },
  { weight: 2, arbitrary: fc.integer({ min: 4_000, max: 6_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 40_000 }) },
);

/** How much is left of a command's deadline when it is decided. */
const leftMs = fc.oneof(
  { weight: 9, arbitrary: fc.constant(1_000) },
  { weight: 1, arbitrary: fc.integer({ min: -1_000, max: 0 }) },
);

const aLife = stepsOf(anything, anyPauseMs, 60);
/** One handshake that takes the ticket and gives it back until the bound on reservations is reached. */
const aFight = stepsOf(fc.constantFrom(reserve('H'), release('H')), fc.integer({ min: 0, max: 200 }), 120);

function stepsOf(command: fc.Arbitrary<TicketCommand>, pauseMs: fc.Arbitrary<number>, maxLength: number) {
  return fc.array(fc.record({ command, pauseMs, leftMs }), { maxLength, size: 'max' });
}

/** An issue, then commands at non-decreasing times. */
const life: fc.Arbitrary<readonly Timed[]> = fc
  .tuple(
    fc.constantFrom(null, 'chat'),
    fc.oneof({ weight: 4, arbitrary: aLife }, { weight: 1, arbitrary: aFight }),
  )
  .map(([route, steps]) => {
    let now = T0;
    const timed = steps.map((step): Timed => {
      now += step.pauseMs;
      return { command: { ...step.command, deadline: now + step.leftMs }, now };
    });
    return [{ command: issue({ route }), now: T0 }, ...timed];
  });

const RUNS = 1_000;

/** Checks every life; `see` counts the occasions on which the property had something to say, so that it is not idle. */
export function holdsForEveryLife(check: (steps: readonly Step[], see: () => void) => void): void {
  let seen = 0;
  const see = () => {
    seen += 1;
  };
  fc.assert(
    fc.property(life, (commands) => check(run(commands), see)),
    { numRuns: RUNS },
  );
  expect(seen).toBeGreaterThan(100);
}
