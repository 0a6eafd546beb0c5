import { createClosers } from '@admit-one/runtime';
import { startEngines } from '../../stack/engines.ts';
import { type Bench, inRounds } from '../bench.ts';
import type { Setting } from '../contestants/contestant.ts';
import { type ServiceName, startService } from '../contestants/services.ts';
import { type Figure, figureOf, ratiosOf } from '../report/figures.ts';

/** In an order in which each finds what it needs to be ready. */
const services: readonly ServiceName[] = ['audit-service', 'ticket-service', 'ws-edge'];

/** How soon each service is ready, on engines that are there and have been used before; with that of an earlier build. */
export async function measureStart(bench: Bench): Promise<readonly Figure[]> {
  const { setting, options } = bench;
  const builds = [setting, ...(setting.earlierRoot ? [{ ...setting, root: setting.earlierRoot }] : [])];
  const names = ['now', 'before'];
  const engines = await startEngines();
  try {
    await inRounds(builds, 1, startAll);
    const [now = [], before] = await inRounds(
      [...builds.entries()],
      options.rounds,
      async ([n, build], round) => {
        const times = await startAll(build);
        const shown = [...times].map(([name, ms]) => `${name} ${Math.round(ms)} ms`).join(', ');
        bench.reportProgress(`round ${round + 1}: ${names[n]}: ${shown}`);
        return times;
      },
    );
    const timesOf = (rounds: readonly ReadonlyMap<ServiceName, number>[], name: ServiceName) =>
      rounds.map((times) => times.get(name) ?? Number.NaN);
    const place = { measure: 'start', what: 'ready after' } as const;
    return services.flatMap((name) => [
      figureOf({ ...place, of: name, unit: 'ms' }, timesOf(now, name)),
      ...(before
        ? [
            figureOf(
              { ...place, of: `${name}/before`, unit: '×' },
              ratiosOf(timesOf(now, name), timesOf(before, name)),
            ),
          ]
        : []),
    ]);
  } finally {
    await engines.stop();
  }

  async function startAll(build: Setting): Promise<ReadonlyMap<ServiceName, number>> {
    const closers = createClosers();
    const times = new Map<ServiceName, number>();
    try {
      for (const name of services) {
        const service = await startService(name, engines, build);
        closers.add(name, service.stop);
        times.set(name, service.startMs);
      }
      return times;
    } finally {
      await closers.close();
    }
  }
}
