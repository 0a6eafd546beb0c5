/**
 * Explores every order of the steps from a world.
 * @param faultOf what is wrong with a step from one world to the next; null for nothing
 * @returns how many worlds there are
 * @throws {Error} with the fault and the steps that lead to it
 */
export function exploreWorlds<World>(
  start: World,
  stepsOf: (world: World) => Iterable<readonly [step: string, next: World]>,
  faultOf: (world: World, next: World) => string | null,
): number {
  const seen = new Map([[JSON.stringify(start), '']]);
  const queue: World[] = [start];
  for (let world = queue.shift(); world; world = queue.shift()) {
    const path = seen.get(JSON.stringify(world)) ?? '';
    for (const [step, next] of stepsOf(world)) {
      const key = JSON.stringify(next);
      if (seen.has(key)) continue;
      seen.set(key, `${path}\n${step}`);
      const fault = faultOf(world, next);
      if (fault !== null) throw new Error(`${fault}:${seen.get(key)}`);
      queue.push(next);
    }
  }
  return seen.size;
}
