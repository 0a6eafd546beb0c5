import { join } from 'node:path';
import { type Bench, inRounds, shareOf, tokensFor } from '../bench.ts';
import type { Contestant, Setting } from '../contestants/contestant.ts';
import { startAdmitOne } from '../contestants/start-admit-one.ts';
import { startBare } from '../contestants/start-simple.ts';
import { residentBytes } from '../processes/proc.ts';
import type { ServerProcess } from '../processes/server-process.ts';
import { type Figure, figureOf, ratiosOf } from '../report/figures.ts';

/** So many connections that what else the process needs meanwhile does not count. */
const CONNECTIONS_SHARE = 0.5;
/** For the code that admissions need to be there, compiled; few at once, so that they leave no room behind. */
const WARM_UP_SHARE = 0.2;
const CONCURRENCY = 8;

/** The process that holds the connections of a contestant. */
interface Holder extends Contestant {
  readonly server: ServerProcess;
}

const holders: readonly ((setting: Setting) => Promise<Holder>)[] = [
  startBare,
  async (setting) => {
    const ours = await startAdmitOne(setting);
    return { ...ours, server: ours.edge };
  },
];

/** How much more memory a process takes with connections than without, garbage collected both times. */
export async function measureMemory(bench: Bench): Promise<readonly Figure[]> {
  const collecting = ['--expose-gc', '--import', join(bench.setting.programs, 'collect-garbage.js')];
  const setting = { ...bench.setting, nodeOptions: () => collecting };
  const [bare = [], ours = []] = await inRounds(holders, bench.options.rounds, async (start, round) => {
    const holder = await start(setting);
    try {
      const kibibytes = await kibibytesPerConnection(holder, bench);
      bench.reportProgress(`round ${round + 1}: ${holder.id}: ${kibibytes.toFixed(1)} KiB per connection`);
      return kibibytes;
    } finally {
      await holder.stop();
    }
  });
  const place = { measure: 'memory', what: 'per connection' } as const;
  return [
    figureOf({ ...place, of: 'a', unit: 'KiB' }, bare),
    figureOf({ ...place, of: 'd-echo', unit: 'KiB' }, ours),
    figureOf({ ...place, of: 'd-echo/a', unit: '×' }, ratiosOf(ours, bare)),
  ];
}

async function kibibytesPerConnection({ endpoint, server }: Holder, bench: Bench): Promise<number> {
  const { client } = bench;
  const connections = shareOf(CONNECTIONS_SHARE, bench);
  const tokens = await tokensFor(connections, bench);
  const admissions = shareOf(WARM_UP_SHARE, bench);
  const warmUp = await client.closedLoop({
    endpoints: [endpoint],
    tokens,
    admissions,
    concurrency: CONCURRENCY,
  });
  bench.failed(warmUp.failures);

  await server.collectGarbage();
  const without = residentBytes(server.pid);
  await client.gather({ endpoint, tokens, connections });
  await server.collectGarbage();
  const bytes = residentBytes(server.pid) - without;
  const held = await client.count();
  await client.disperse();
  if (held !== connections) throw new Error(`only ${held} of ${connections} connections were held`);
  return bytes / 1024 / connections;
}
