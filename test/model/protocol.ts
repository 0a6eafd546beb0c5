import type { Model, Visit } from './explore.ts';
import { allGuards, type Guards } from './guards.ts';
import { createPromises } from './promises.ts';
import { type Call, type Pass, planOf, type Scenario } from './scenario.ts';
import { createTicketMachine, END_TICK } from './ticket-machine.ts';
import { call, layoutOf, phase, revoker, type World } from './world.ts';

const FRESH = 1;
const FRESH_IN_COPY = 2;

/**
 * The protocol around the real state machine: handshakes that ask, confirm, give back, retry and give up; a bus that
 * delivers late or not at all; a store whose load and append are two steps; processes that crash. Every step that could
 * happen next is one transition.
 */
export function createModel(scenario: Scenario, guards: Guards = allGuards): Model {
  const machine = createTicketMachine(guards.decide);
  const plan = planOf(scenario, (key) => (guards.sameHandshakeOnRetry ? key : `${key}'`));
  const at = layoutOf(plan);
  const promises = createPromises(machine, scenario, plan, at);
  const { passes, calls, revoking } = plan;
  const edges = [...new Set(passes.map(({ edge }) => edge))];

  const initial: World = new Array<number>(at.size).fill(0);
  initial[at.state] = machine.issued;
  initial[at.losses] = scenario.losses ?? 0;
  initial[at.crashes] = scenario.crashes ?? 0;
  initial[at.fallbacks] = scenario.fallbacks ?? 0;

  const get = (world: World, place: number): number => world[place] ?? 0;
  const tickOf = (world: World) => get(world, at.tick);
  const statusOf = (world: World, of: Call) => get(world, at.statusOf(of));
  const phaseOf = (world: World, of: Pass) => get(world, at.phaseOf(of));

  function changed(world: World, ...changes: readonly (readonly [place: number, value: number])[]): World {
    const next = world.slice();
    for (const [place, value] of changes) next[place] = value;
    return next;
  }

  function steps(world: World, visit: Visit): void {
    stepsOfTime(world, visit);
    stepsOfStore(world, visit);
    stepsOfCrashes(world, visit);
    for (const pass of passes) stepsOfPass(world, pass, visit);
    stepsOfRevoker(world, visit);
    for (const one of calls) stepsOfCall(world, one, visit);
  }

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

  /** No version repeats: whatever was loaded before is stale from now on. */
  function forgotten(world: World, state: number): World {
    const next = changed(world, [at.state, state], [at.unchanged, 0]);
    for (const one of calls) next[at.freshOf(one)] = get(next, at.freshOf(one)) & FRESH_IN_COPY;
    return next;
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

  function stepsOfPass(world: World, pass: Pass, visit: Visit): void {
    switch (phaseOf(world, pass)) {
      case phase.waiting: {
        const [first] = pass.asking;
        if (first) visit(`${pass.label} asks`, changed(sent(world, first), [at.phaseOf(pass), phase.asking]));
        return;
      }
      case phase.asking: {
        retry(world, pass.asking, visit);
        if (mayGiveUp(world, pass.asking))
          visit(`${pass.label} gives up`, ended(world, pass, phase.abandoned));
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
        if (mayGiveUp(world, pass.confirming))
          visit(`${pass.label} gives up`, ended(world, pass, phase.closed));
        return;
      }
      default:
    }
  }

  function stepsOfRevoker(world: World, visit: Visit): void {
    const [first] = revoking;
    if (!first) return;
    if (get(world, at.revoker) === revoker.idle)
      visit('somebody revokes', changed(sent(world, first), [at.revoker, revoker.asking]));
    if (get(world, at.revoker) === revoker.asking) retry(world, revoking, visit);
  }

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
    promises.ofAppend(world, one);
    return settled(forgotten(world, get(world, at.nextOf(one))), one, call.granted);
  }

  /** The answer goes on its way, unless nobody waits for it any more. */
  function settled(world: World, one: Call, status: number): World {
    const next = changed(world, [at.statusOf(one), status], [at.freshOf(one), 0], [at.nextOf(one), 0]);
    if (!isAwaited(next, one)) next[at.statusOf(one)] = call.gone;
    return next;
  }

  function answered(world: World, one: Call): World {
    const granted = statusOf(world, one) === call.granted;
    const because = get(world, at.nextOf(one));
    const next = gone(world, one);
    const pass = one.pass === null ? undefined : passes[one.pass];
    if (!pass) return toRevoker(next, granted, because);
    const now = phaseOf(world, pass);
    if (now === phase.abandoned) return granted ? released(next, pass) : next;
    if (!granted) return ended(next, pass, phase.refused);
    if (now === phase.asking && pass.kind === 'upgrade') return ended(next, pass, phase.held);
    promises.ofAdmission(world, pass);
    return ended(next, pass, phase.admitted);
  }

  /** Where the ticket has admitted a connection, whoever revokes closes that first. */
  function toRevoker(world: World, granted: boolean, consumedBy: number): World {
    const acknowledged = granted || consumedBy > 0;
    const next = changed(world, [at.revoker, acknowledged ? revoker.acknowledged : revoker.refused]);
    for (const one of revoking) next[at.statusOf(one)] = call.gone;
    const admitted = passes[consumedBy - 1];
    if (admitted && phaseOf(world, admitted) === phase.confirming) end(next, admitted, phase.closed);
    return next;
  }

  function sent(world: World, one: Call): World {
    return changed(world, [at.statusOf(one), call.sent], [at.freshOf(one), 0]);
  }

  function gone(world: World, one: Call): World {
    return changed(world, [at.statusOf(one), call.gone], [at.freshOf(one), 0], [at.nextOf(one), 0]);
  }

  function released(world: World, pass: Pass): World {
    const [first] = pass.releasing;
    return first && statusOf(world, first) === call.unsent ? sent(world, first) : world;
  }

  function ended(world: World, pass: Pass, next: number): World {
    const after = world.slice();
    end(after, pass, next);
    return after;
  }

  /** Moves a pass on; answers that it waited for until now are dropped when they come. */
  function end(world: World, pass: Pass, next: number): void {
    world[at.phaseOf(pass)] = next;
    for (const one of [...pass.asking, ...pass.confirming]) {
      const status = statusOf(world, one);
      const answer = status === call.granted || status === call.denied;
      if (answer && !isAwaited(world, one)) {
        world[at.statusOf(one)] = call.gone;
        world[at.nextOf(one)] = 0;
      }
    }
  }

  function isAwaited(world: World, one: Call): boolean {
    if (one.pass === null) return get(world, at.revoker) === revoker.asking;
    const now = get(world, at.phaseOf(passes[one.pass] as Pass));
    switch (one.kind) {
      case 'reserve':
        return now === phase.asking || now === phase.abandoned;
      case 'redeem':
        return now === phase.asking;
      case 'confirm':
        return now === phase.confirming;
      case 'release':
      case 'revoke':
        return false;
      default:
        return one.kind satisfies never;
    }
  }

  function retry(world: World, copies: readonly Call[], visit: Visit): void {
    const next = copies.find((one) => statusOf(world, one) === call.unsent);
    const before = copies.filter((one) => statusOf(world, one) !== call.unsent);
    if (next && (scenario.impatient || before.every((one) => statusOf(world, one) === call.gone)))
      visit(`${next.label} is sent`, sent(world, next));
  }

  function mayGiveUp(world: World, copies: readonly Call[]): boolean {
    const statuses = copies.map((one) => statusOf(world, one));
    if (statuses.includes(call.unsent)) return false;
    return scenario.impatient || statuses.every((status) => status === call.gone);
  }

  return {
    initial,
    steps,
    inspect: (world, final) => promises.ofWorld(world, final),
    describe: (world) => promises.describe(world),
  };
}

function isUnderWay(now: number): boolean {
  return now === phase.asking || now === phase.held || now === phase.confirming;
}
