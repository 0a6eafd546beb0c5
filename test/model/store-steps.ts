import type { Visit } from './explore.ts';
import type { Guards } from './guards.ts';
import { FRESH, FRESH_IN_COPY, type Moves } from './moves.ts';
import type { Plan, Scenario } from './scenario.ts';
import { END_TICK, type TicketMachine } from './ticket-machine.ts';
import type { Layout, World } from './world.ts';

export interface StoreStepsOptions {
  readonly scenario: Scenario;
  readonly machine: TicketMachine;
  readonly guards: Guards;
  readonly plan: Plan;
  readonly at: Layout;
  readonly moves: Moves;
}

/** What the store does by itself: its time passes, it forgets, and it comes back as an older copy of itself. */
export function createStoreSteps({ scenario, machine, guards, plan, at, moves }: StoreStepsOptions) {
  const { calls } = plan;
  const { get, tickOf, changed, forgotten } = moves;

  function stepsOfTime(world: World, visit: Visit): void {
    if (tickOf(world) < scenario.ticks) visit('time passes', changed(world, [at.tick, tickOf(world) + 1]));
    const known = get(world, at.state) !== machine.unknown;
    if (known && tickOf(world) >= END_TICK)
      visit('the store forgets the ticket', forgotten(world, machine.unknown));
  }

  function stepsOfStore(world: World, visit: Visit): void {
    const copy = get(world, at.copy);
    const fallbacks = get(world, at.fallbacks);
    if (fallbacks === 0) return;
    if (copy === 0) {
      const copied = changed(world, [at.copy, get(world, at.state) + 1], [at.unchanged, 1]);
      for (const one of calls)
        if (get(world, at.freshOf(one)) === FRESH) copied[at.freshOf(one)] = FRESH | FRESH_IN_COPY;
      visit('the store is copied', copied);
      return;
    }
    const restored = guards.epochFence ? forgotten(world, machine.unknown) : changed(world);
    if (!guards.epochFence) {
      restored[at.state] = copy - 1;
      for (const one of calls)
        restored[at.freshOf(one)] = get(world, at.freshOf(one)) & FRESH_IN_COPY ? FRESH : 0;
    }
    restored[at.fallbacks] = fallbacks - 1;
    restored[at.copy] = 0;
    restored[at.unchanged] = 0;
    visit('the store comes back as its copy', restored);
  }

  return (world: World, visit: Visit): void => {
    stepsOfTime(world, visit);
    stepsOfStore(world, visit);
  };
}
