import type { Call, Pass, Plan, Scenario } from './scenario.ts';
import { call, type Layout, phase, revoker, type World } from './world.ts';

export const FRESH = 1;
export const FRESH_IN_COPY = 2;

/** What is read from worlds, and the small changes that steps are made of. All but `end` make a new world. */
export type Moves = ReturnType<typeof createMoves>;

export function createMoves({ revoke }: Scenario, { passes, calls }: Plan, at: Layout) {
  const get = (world: World, place: number): number => world[place] ?? 0;
  const tickOf = (world: World) => get(world, at.tick);
  const statusOf = (world: World, of: Call) => get(world, at.statusOf(of));
  const phaseOf = (world: World, of: Pass) => get(world, at.phaseOf(of));

  /** The marker is in the store before the revocation is acknowledged, and outlives every epoch. */
  const isSessionRevoked = (world: World) => revoke === 'session' && get(world, at.revoker) !== revoker.idle;

  function changed(world: World, ...changes: readonly (readonly [place: number, value: number])[]): World {
    const next = world.slice();
    for (const [place, value] of changes) next[place] = value;
    return next;
  }

  /** No version repeats: whatever was loaded before is stale from now on. */
  function forgotten(world: World, state: number): World {
    const next = changed(world, [at.state, state], [at.unchanged, 0]);
    for (const one of calls) next[at.freshOf(one)] = get(next, at.freshOf(one)) & FRESH_IN_COPY;
    return next;
  }

  function sent(world: World, one: Call): World {
    return changed(world, [at.statusOf(one), call.sent], [at.freshOf(one), 0]);
  }

  function gone(world: World, one: Call): World {
    return changed(world, [at.statusOf(one), call.gone], [at.freshOf(one), 0], [at.nextOf(one), 0]);
  }

  /** The answer goes on its way, unless nobody waits for it any more. */
  function settled(world: World, one: Call, status: number): World {
    const next = changed(world, [at.statusOf(one), status], [at.freshOf(one), 0], [at.nextOf(one), 0]);
    if (!isAwaited(next, one)) next[at.statusOf(one)] = call.gone;
    return next;
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

  /** Moves a pass on, in the world given; answers that it waited for until now are dropped when they come. */
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
      case 'exchange':
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

  return {
    get,
    tickOf,
    statusOf,
    phaseOf,
    isSessionRevoked,
    changed,
    forgotten,
    sent,
    gone,
    settled,
    released,
    ended,
    end,
    isAwaited,
  };
}
