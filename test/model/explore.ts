import type { World } from './world.ts';

/** Told of every step that a world can take: what it is called, and the world after it. */
export type Visit = (step: string, world: World) => void;

export interface Model {
  readonly initial: World;
  /** Visits every step from a world. @throws {Violation} where one breaks a promise */
  steps(world: World, visit: Visit): void;
  /** Looks at one world. `final` says that nothing can happen in it any more. @throws {Violation} */
  inspect(world: World, final: boolean): void;
  describe(world: World): string;
}

/** A broken promise. */
export class Violation extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Violation';
  }
}

export interface Exploration {
  readonly states: number;
  readonly steps: number;
  readonly seconds: number;
  /** The broken promise, and the shortest way to it; null where every promise holds in every state. */
  readonly violation: string | null;
}

/** Explores every state that can be reached, breadth first, so that a counter-example is as short as they come. */
export function explore(model: Model): Exploration {
  const startedAt = performance.now();
  const seen = new Set<string>();
  const found: string[] = [];
  const parents: number[] = [];
  let steps = 0;
  let current = 0;

  function add(world: World): void {
    const key = String.fromCharCode(...world);
    if (seen.has(key)) return;
    seen.add(key);
    found.push(key);
    parents.push(current);
  }

  function report(violation: string | null): Exploration {
    return { states: found.length, steps, seconds: (performance.now() - startedAt) / 1000, violation };
  }

  add(model.initial);
  for (; current < found.length; current += 1) {
    const world = worldAt(current);
    const before = steps;
    try {
      model.steps(world, (_, next) => {
        steps += 1;
        add(next);
      });
      model.inspect(world, steps === before);
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      return report(`${error.message}\n${wayTo(current).join('\n')}`);
    }
  }
  return report(null);

  /** Strings take a tenth of the memory that arrays do. */
  function worldAt(index: number): World {
    const key = found[index] ?? '';
    const world = new Array<number>(key.length);
    for (let at = 0; at < key.length; at += 1) world[at] = key.charCodeAt(at);
    return world;
  }

  function wayTo(index: number): readonly string[] {
    const way: number[] = [];
    for (let at = index; at !== 0; at = parents[at] as number) way.unshift(at);
    return way.map((at, n) => `${n + 1}. ${stepTo(worldAt(at), worldAt(parents[at] ?? 0))}`);
  }

  function stepTo(world: World, parent: World): string {
    let name = '';
    model.steps(parent, (step, next) => {
      if (next.join() === world.join()) name ||= `${step} → ${model.describe(next)}`;
    });
    return name;
  }
}
