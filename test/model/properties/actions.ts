import {
  type CommandContext,
  LEASE_MS,
  MAX_RESERVATIONS,
  type TicketCommand,
  TOMBSTONE_MS,
} from '@admit-one/core';
import fc from 'fast-check';

/** Two tickets of one session, in their own partitions. */
export type TicketName = 'A' | 'B';

type Without<Command, Keys extends keyof Command> = Command extends unknown ? Omit<Command, Keys> : never;

/** A command as far as chance decides it; who carries it out adds the rest. */
export type CommandPlan =
  | Without<Exclude<TicketCommand, { type: 'issue' }>, 'id' | 'context' | 'deadline'>
  | { readonly type: 'issue'; readonly route: string | null; readonly ttlMs: number };

/** One thing that somebody does. As text it reads like a line of a story, for counter-examples. */
export type Action = { toString(): string } & (
  | {
      readonly kind: 'command';
      readonly ticket: TicketName;
      readonly plan: CommandPlan;
      readonly route: CommandContext['route'];
      readonly isLate: boolean;
    }
  /** One of the last commands comes a second time, with the id that it had; so many came after it. */
  | { readonly kind: 'copy'; readonly since: number }
  /** The session is revoked: for tokens up to its own, or for earlier ones only. */
  | { readonly kind: 'mark'; readonly reachesToken: boolean }
);

export type Step = Action | { readonly kind: 'wait'; readonly ms: number; toString(): string };

function command(ticket: TicketName, plan: CommandPlan, { route = 'chat', isLate = false } = {}): Action {
  const { type, ...facts } = plan;
  const details = Object.values(facts).filter(Boolean).join(' ');
  const text = `${type} ${ticket} ${details}${route === 'chat' ? '' : ` on ${route}`}${isLate ? ', too late' : ''}`;
  return { kind: 'command', ticket, plan, route, isLate, toString: () => text };
}

const ttlMs = 30_000;
const ofA = fc.constant('A' as const);
const ofEither = fc.constantFrom<TicketName>('A', 'A', 'A', 'B');
const handshake = fc.constantFrom('H', 'H', 'G', 'F');
const connection = fc.constantFrom('C', 'C', 'D');

const plan: fc.Arbitrary<CommandPlan> = fc.oneof(
  { weight: 6, arbitrary: handshake.map((by): CommandPlan => ({ type: 'reserve', handshake: by })) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(handshake, connection)
      .map(([by, one]): CommandPlan => ({ type: 'confirm', handshake: by, connection: one })),
  },
  {
    weight: 3,
    arbitrary: handshake.map((by): CommandPlan => ({ type: 'release', handshake: by, why: 'client_gone' })),
  },
  { weight: 2, arbitrary: handshake.map((by): CommandPlan => ({ type: 'redeem', handshake: by })) },
  { weight: 1, arbitrary: fc.constant<CommandPlan>({ type: 'revoke', why: 'logout' }) },
);

/** Tickets that have expired when the next command comes let expiry be seen where nobody can turn the clock. */
const issue = fc
  .record({
    route: fc.constantFrom(null, null, 'chat'),
    ttlMs: fc.constantFrom(ttlMs, ttlMs, ttlMs, 0),
  })
  .map((facts): CommandPlan => ({ type: 'issue', ...facts }));

const circumstances = fc.record({
  route: fc.constantFrom('chat', 'chat', 'chat', 'chat', 'games'),
  isLate: fc.constantFrom(...Array<boolean>(15).fill(false), true),
});

const anyCommand = (ticket: fc.Arbitrary<TicketName>) =>
  fc
    .tuple(ticket, fc.oneof({ weight: 17, arbitrary: plan }, { weight: 2, arbitrary: issue }), circumstances)
    .map(([of, what, how]) => command(of, what, how));

const copy = fc.nat({ max: 3 }).map((since): Action => {
  const text = since === 0 ? 'the same again' : `the same again as ${since} before`;
  return { kind: 'copy', since, toString: () => text };
});

const mark = fc.boolean().map((reachesToken): Action => {
  const text = `the session is revoked${reachesToken ? '' : ', of earlier logins'}`;
  return { kind: 'mark', reachesToken, toString: () => text };
});

/** Around the ends of leases, of tickets, and of the memory of them. */
const wait = fc
  .oneof(
    fc.integer({ min: 1, max: 1_000 }),
    fc.integer({ min: LEASE_MS - 1, max: LEASE_MS + 1 }),
    fc.integer({ min: ttlMs - LEASE_MS, max: ttlMs }),
    fc.integer({ min: TOMBSTONE_MS - LEASE_MS, max: TOMBSTONE_MS + LEASE_MS }),
  )
  .map((ms): Step => ({ kind: 'wait', ms, toString: () => `${ms} ms pass` }));

const begin = fc
  .constantFrom(null, 'chat')
  .map((route): Action => command('A', { type: 'issue', route, ttlMs }));

/** A handshake that takes a ticket and gives it back, more often than it may. */
const fight = begin.map((first): readonly Step[] => {
  const takes = command('A', { type: 'reserve', handshake: 'H' });
  const gives = command('A', { type: 'release', handshake: 'H', why: 'client_gone' });
  return [first, ...Array.from({ length: MAX_RESERVATIONS + 1 }, () => [takes, gives]).flat()];
});

/** A ticket's life and what happens beside it, one thing after the other. */
export function stepsInTurn({ timePasses }: { timePasses: boolean }): fc.Arbitrary<readonly Step[]> {
  const one = fc.oneof(
    { weight: 20, arbitrary: anyCommand(ofEither) },
    { weight: 2, arbitrary: copy },
    { weight: 1, arbitrary: mark },
    { weight: timePasses ? 4 : 0, arbitrary: wait },
  );
  const life = fc
    .tuple(begin, fc.array(one, { maxLength: 30, size: 'max' }))
    .map(([first, steps]) => [first, ...steps]);
  return fc.oneof({ weight: 20, arbitrary: life }, { weight: 1, arbitrary: fight });
}

const momentary = fc.oneof(
  { weight: 20, arbitrary: anyCommand(ofA) },
  { weight: 2, arbitrary: copy },
  { weight: 1, arbitrary: mark },
);

/** What leads up to a moment, and what happens to one ticket in it, all at once. */
export const actionsAtOnce: fc.Arbitrary<{ before: readonly Action[]; atOnce: readonly Action[] }> =
  fc.record({
    before: fc
      .tuple(begin, fc.array(anyCommand(ofA), { maxLength: 3 }))
      .map(([first, steps]) => [first, ...steps]),
    atOnce: fc.array(momentary, { minLength: 2, maxLength: 5 }),
  });
