import type { Visit } from './explore.ts';
import type { Moves } from './moves.ts';
import type { Call, Pass, Plan, Scenario } from './scenario.ts';
import { call, type Layout, phase, revoker, type World } from './world.ts';

export interface PassStepsOptions {
  readonly scenario: Scenario;
  readonly plan: Plan;
  readonly at: Layout;
  readonly moves: Moves;
}

/** The steps of the passes and of the revoker: request, confirm, release, retry, abandon, crash. */
export function createPassSteps({ scenario, plan, at, moves }: PassStepsOptions) {
  const { passes, revoking } = plan;
  const { get, statusOf, phaseOf, changed, sent, released, ended, end } = moves;
  const edges = [...new Set(passes.map(({ edge }) => edge))];

  function stepsOfPass(world: World, pass: Pass, visit: Visit): void {
    switch (phaseOf(world, pass)) {
      case phase.waiting: {
        const [first] = pass.asking;
        if (first) visit(`${pass.label} asks`, changed(sent(world, first), [at.phaseOf(pass), phase.asking]));
        return;
      }
      case phase.asking: {
        retry(world, pass.asking, visit);
        if (mayAbandon(world, pass.asking))
          visit(`${pass.label} abandons`, ended(world, pass, phase.abandoned));
        return;
      }
      case phase.held: {
        const [first] = pass.confirming;
        if (first)
          visit(`${pass.label} confirms`, changed(sent(world, first), [at.phaseOf(pass), phase.confirming]));
        visit(`the client of ${pass.label} is gone`, released(ended(world, pass, phase.closed), pass));
        return;
      }
      case phase.confirming: {
        retry(world, pass.confirming, visit);
        if (mayAbandon(world, pass.confirming))
          visit(`${pass.label} abandons`, ended(world, pass, phase.closed));
        return;
      }
      default:
    }
  }

  function stepsOfRevoker(world: World, visit: Visit): void {
    if (scenario.revoke === 'session') stepsOfLogOut(world, visit);
    const [first] = revoking;
    if (!first) return;
    if (get(world, at.revoker) === revoker.idle)
      visit('somebody revokes', changed(sent(world, first), [at.revoker, revoker.asking]));
    if (get(world, at.revoker) === revoker.asking) retry(world, revoking, visit);
  }

  /** The store has the marker in one step. Edges close what they confirm meanwhile before it is acknowledged: see `control.ts`. */
  function stepsOfLogOut(world: World, visit: Visit): void {
    const now = get(world, at.revoker);
    if (now === revoker.idle) visit('the session is revoked', changed(world, [at.revoker, revoker.asking]));
    if (now !== revoker.asking) return;
    const next = changed(world, [at.revoker, revoker.acknowledged]);
    for (const pass of passes) if (phaseOf(world, pass) === phase.confirming) end(next, pass, phase.closed);
    visit('the log-out is acknowledged', next);
  }

  function stepsOfCrashes(world: World, visit: Visit): void {
    if (get(world, at.crashes) === 0) return;
    for (const edge of edges) {
      const hit = passes.filter((pass) => pass.edge === edge && isUnderWay(phaseOf(world, pass)));
      if (hit.length === 0) continue;
      const next = changed(world, [at.crashes, get(world, at.crashes) - 1]);
      for (const pass of hit) end(next, pass, phase.crashed);
      visit(`edge ${edge} crashes`, next);
    }
  }

  function retry(world: World, copies: readonly Call[], visit: Visit): void {
    const next = copies.find((one) => statusOf(world, one) === call.unsent);
    const before = copies.filter((one) => statusOf(world, one) !== call.unsent);
    if (next && (scenario.impatient || before.every((one) => statusOf(world, one) === call.gone)))
      visit(`${next.label} is sent`, sent(world, next));
  }

  function mayAbandon(world: World, copies: readonly Call[]): boolean {
    const statuses = copies.map((one) => statusOf(world, one));
    if (statuses.includes(call.unsent)) return false;
    return scenario.impatient || statuses.every((status) => status === call.gone);
  }

  return (world: World, visit: Visit): void => {
    stepsOfCrashes(world, visit);
    for (const pass of passes) stepsOfPass(world, pass, visit);
    stepsOfRevoker(world, visit);
  };
}

function isUnderWay(now: number): boolean {
  return now === phase.asking || now === phase.held || now === phase.confirming;
}
