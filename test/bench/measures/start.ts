import { createClosers } from '@admit-one/runtime';
import { startEngines } from '../../stack/engines.ts';
import type { Bench } from '../bench.ts';
import { type ServiceName, startService } from '../contestants/services.ts';
import { type Figure, figureOf } from '../report/figures.ts';

/** In an order in which each finds what it needs to be ready. */
const services: readonly ServiceName[] = ['audit-service', 'ticket-service', 'ws-edge'];

/** How soon each service is ready, on engines that are there and have been used before. */
export async function measureStart(bench: Bench): Promise<readonly Figure[]> {
  const engines = await startEngines();
  try {
    await startAll();
    const rounds: ReadonlyMap<ServiceName, number>[] = [];
    for (let round = 0; round < bench.options.rounds; round += 1) {
      const times = await startAll();
      bench.reportProgress(
        `round ${round + 1}: ${[...times].map(([name, ms]) => `${name} ${Math.round(ms)} ms`).join(', ')}`,
      );
      rounds.push(times);
    }
    return services.map((name) =>
      figureOf(
        { measure: 'start', what: 'ready after', of: name, unit: 'ms' },
        rounds.map((times) => times.get(name) ?? Number.NaN),
      ),
    );
  } finally {
    await engines.stop();
  }

  async function startAll(): Promise<ReadonlyMap<ServiceName, number>> {
    const closers = createClosers();
    const times = new Map<ServiceName, number>();
    try {
      for (const name of services) {
        const service = await startService(name, engines, bench.setting);
        closers.add(name, service.stop);
        times.set(name, service.startMs);
      }
      return times;
    } finally {
      await closers.close();
    }
  }
}
