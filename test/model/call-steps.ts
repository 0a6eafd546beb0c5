import type { Visit } from './explore.ts';
import type { Guards } from './guards.ts';
import { FRESH, FRESH_IN_COPY, type Moves } from './moves.ts';
import type { Promises } from './promises.ts';
import type { Call, Plan } from './scenario.ts';
import type { TicketMachine } from './ticket-machine.ts';
import { call, type Layout, phase, revoker, type World } from './world.ts';

export interface CallStepsOptions {
  readonly machine: TicketMachine;
  readonly guards: Guards;
  readonly promises: Promises;
  readonly plan: Plan;
  readonly at: Layout;
  readonly moves: Moves;
}

/** What can happen to a command on its way: decided, appended, answered, or lost. */
export function createCallSteps({ machine, guards, promises, plan, at, moves }: CallStepsOptions) {
  const { passes, revoking } = plan;
  const { get, tickOf, statusOf, phaseOf, isSessionRevoked } = moves;
  const { changed, forgotten, sent, gone, settled, released, ended, end } = moves;

  function stepsOfCall(world: World, one: Call, visit: Visit): void {
    const status = statusOf(world, one);
    if (status === call.unsent || status === call.gone) return;
    switch (status) {
      case call.sent:
        visit(`${one.label} is decided`, decided(world, one));
        break;
      case call.loaded:
        visit(`${one.label} is appended`, appended(world, one));
        break;
      default:
        visit(`the answer to ${one.label} arrives`, answered(world, one));
    }
    if (get(world, at.losses) > 0)
      visit(`${one.label} is lost`, changed(gone(world, one), [at.losses, get(world, at.losses) - 1]));
  }

  function decided(world: World, one: Call): World {
    const state = get(world, at.state);
    const verdict = machine.run(state, one.command, tickOf(world));
    // A repeat writes nothing: the ticket-service looks at the revocation itself.
    if (verdict.kind === 'repeated' && one.kind === 'redeem' && guards.marker && isSessionRevoked(world))
      return settled(world, one, call.denied);
    promises.ofVerdict(world, one, verdict);
    switch (verdict.kind) {
      case 'changed':
        return changed(
          world,
          [at.statusOf(one), call.loaded],
          [at.freshOf(one), get(world, at.unchanged) ? FRESH | FRESH_IN_COPY : FRESH],
          [at.nextOf(one), verdict.next],
        );
      case 'repeated':
        return settled(world, one, call.granted);
      case 'rejected': {
        return denied(world, one, verdict.connection);
      }
      default:
        return verdict satisfies never;
    }
  }

  function denied(world: World, one: Call, connection: string | null): World {
    const next = settled(world, one, call.denied);
    const admitted = passes.findIndex((pass) => pass.connection === connection);
    if (connection !== null && statusOf(next, one) === call.denied)
      next[at.nextOf(one)] = (admitted < 0 ? passes.length : admitted) + 1;
    return next;
  }

  function appended(world: World, one: Call): World {
    const fresh = (get(world, at.freshOf(one)) & FRESH) !== 0;
    if (guards.versionCheck && !fresh) return changed(sent(world, one), [at.nextOf(one), 0]);
    if (guards.marker && one.kind !== 'release' && isSessionRevoked(world))
      return settled(world, one, call.denied);
    promises.ofAppend(world, one);
    return settled(forgotten(world, get(world, at.nextOf(one))), one, call.granted);
  }

  function answered(world: World, one: Call): World {
    const granted = statusOf(world, one) === call.granted;
    const because = get(world, at.nextOf(one));
    const next = gone(world, one);
    const pass = one.pass === null ? undefined : passes[one.pass];
    if (!pass) return toRevoker(next, granted, because);
    const now = phaseOf(world, pass);
    if (now === phase.abandoned) return granted ? released(next, pass) : next;
    if (!granted) return ended(next, pass, phase.rejected);
    if (now === phase.asking && pass.kind !== 'redeem') return ended(next, pass, phase.held);
    promises.ofAdmission(world, pass);
    return ended(next, pass, phase.admitted);
  }

  /** Where the ticket has admitted a connection, the revoker closes it first. */
  function toRevoker(world: World, granted: boolean, consumedBy: number): World {
    const acknowledged = granted || consumedBy > 0;
    const next = changed(world, [at.revoker, acknowledged ? revoker.acknowledged : revoker.rejected]);
    for (const one of revoking) next[at.statusOf(one)] = call.gone;
    const admitted = passes[consumedBy - 1];
    if (admitted && phaseOf(world, admitted) === phase.confirming) end(next, admitted, phase.closed);
    return next;
  }

  return stepsOfCall;
}
