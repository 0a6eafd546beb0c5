import { createCallSteps } from './call-steps.ts';
import type { Model } from './explore.ts';
import { allGuards, type Guards } from './guards.ts';
import { createMoves } from './moves.ts';
import { createPassSteps } from './pass-steps.ts';
import { createPromises } from './promises.ts';
import { planOf, type Scenario } from './scenario.ts';
import { createStoreSteps } from './store-steps.ts';
import { createTicketMachine } from './ticket-machine.ts';
import { layoutOf, type World } from './world.ts';

/**
 * The protocol around the real state machine: handshakes that ask, confirm, give back, retry and abandon; a bus that
 * delivers late or not at all; a store whose load and append are two steps; processes that crash. Every step that could
 * happen next is one transition.
 */
export function createModel(scenario: Scenario, guards: Guards = allGuards): Model {
  const machine = createTicketMachine(guards.decide);
  const plan = planOf(scenario, (key) => (guards.sameHandshakeOnRetry ? key : `${key}'`));
  const at = layoutOf(plan);
  const moves = createMoves(scenario, plan, at);
  const promises = createPromises(machine, scenario, plan, at);
  const common = { scenario, machine, guards, promises, plan, at, moves };
  const stepsOfStore = createStoreSteps(common);
  const stepsOfPasses = createPassSteps(common);
  const stepsOfCall = createCallSteps(common);

  const initial: World = new Array<number>(at.size).fill(0);
  initial[at.state] = scenario.passes.some(({ kind }) => kind === 'exchange')
    ? machine.unknown
    : machine.issued;
  initial[at.losses] = scenario.losses ?? 0;
  initial[at.crashes] = scenario.crashes ?? 0;
  initial[at.fallbacks] = scenario.fallbacks ?? 0;

  return {
    initial,
    steps(world, visit) {
      stepsOfStore(world, visit);
      stepsOfPasses(world, visit);
      for (const one of plan.calls) stepsOfCall(world, one, visit);
    },
    inspect: (world, final) => promises.ofWorld(world, final),
    describe: (world) => promises.describe(world),
  };
}
