import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Bench, inRounds, shareOf, tokensFor } from '../bench.ts';
import type { Contestant, Counted } from '../contestants/contestant.ts';
import { type AdmitOne, BRIDGE, startAdmitOne } from '../contestants/start-admit-one.ts';
import { startBare } from '../contestants/start-simple.ts';
import { cpuMicroseconds, residentBytes } from '../processes/proc.ts';
import type { ServerProcess } from '../processes/server-process.ts';
import { type Figure, figureOf, ratiosOf } from '../report/figures.ts';

/** So many connections that what else the process needs meanwhile does not count. */
const CONNECTIONS_SHARE = 0.5;
/** For the code that admissions need to be there, compiled; few at once, so that they leave no room behind. */
const WARM_UP_SHARE = 0.2;
const CONCURRENCY = 8;
/** One heartbeat of every connection, where as many connections are held as by default; shorter with fewer. */
const IDLE_MS_PER_CONNECTION = 5;

/** The process that holds the connections of a contestant. */
interface Holder extends Contestant {
  readonly server: ServerProcess;
}

interface Idle {
  readonly kibibytes: number;
  /** CPU of the holder with connections, in percent of a core. */
  readonly held: number;
  /** CPU of each of our services without connections, by name. */
  readonly alone: ReadonlyMap<string, number>;
}

/** What idle connections take: memory of the process that holds them, garbage collected before and after, and CPU. */
export async function measureIdle(bench: Bench): Promise<readonly Figure[]> {
  const collecting = ['--expose-gc', '--import', join(bench.setting.programs, 'collect-garbage.js')];
  const setting = { ...bench.setting, nodeOptions: () => collecting };
  const holders: readonly (() => Promise<Holder>)[] = [
    () => startBare(setting),
    async () => edgeOf(await startAdmitOne(setting)),
    async () => edgeOf(await startAdmitOne(setting, { id: 'd-bridge', variables: BRIDGE })),
  ];
  const [bare = [], echo = [], bridge = []] = await inRounds(
    holders,
    bench.options.rounds,
    async (start, round) => {
      const holder = await start();
      try {
        const idle = await measureHolder(holder, bench);
        const { kibibytes, held } = idle;
        bench.reportProgress(
          `round ${round + 1}: ${holder.id}: ${kibibytes.toFixed(1)} KiB per connection, ${held.toFixed(2)} % CPU`,
        );
        return idle;
      } finally {
        await holder.stop();
      }
    },
  );
  const memory = (of: string, idles: readonly Idle[]) =>
    figureOf(
      { measure: 'idle', what: 'memory of a connection', of, unit: 'KiB' },
      idles.map(({ kibibytes }) => kibibytes),
    );
  const held = (of: string, idles: readonly Idle[]) =>
    figureOf(
      { measure: 'idle', what: 'CPU with connections', of, unit: '%' },
      idles.map((idle) => idle.held),
    );
  const alone = (of: string) =>
    figureOf(
      { measure: 'idle', what: 'CPU without connections', of, unit: '%' },
      [...echo, ...bridge].map((idle) => idle.alone.get(of) ?? Number.NaN),
    );
  return [
    ...[memory('a', bare), memory('d-echo', echo), memory('d-bridge', bridge)],
    figureOf(
      { measure: 'idle', what: 'memory of a connection', of: 'd-echo/a', unit: '×' },
      ratiosOf(
        echo.map(({ kibibytes }) => kibibytes),
        bare.map(({ kibibytes }) => kibibytes),
      ),
    ),
    ...[held('a', bare), held('d-echo', echo), held('d-bridge', bridge)],
    ...[alone('ticket-service'), alone('ws-edge')],
  ];
}

function edgeOf(stack: AdmitOne): Holder {
  const [server] = stack.edges;
  if (!server) throw new Error('there is no edge');
  return { ...stack, server };
}

async function measureHolder(holder: Holder, bench: Bench): Promise<Idle> {
  const { endpoint, server, processes } = holder;
  const { client } = bench;
  const connections = shareOf(CONNECTIONS_SHARE, bench);
  const tokens = await tokensFor(connections, bench);
  const admissions = shareOf(WARM_UP_SHARE, bench);
  const idleMs = connections * IDLE_MS_PER_CONNECTION;
  const warmUp = await client.closedLoop({
    endpoints: [endpoint],
    tokens,
    admissions,
    concurrency: CONCURRENCY,
  });
  bench.failed(warmUp.failures);

  await server.collectGarbage();
  const without = residentBytes(server.pid);
  const alone = await percentOfCore(processes, idleMs);
  await client.gather({ endpoint, tokens, connections });
  await server.collectGarbage();
  const bytes = residentBytes(server.pid) - without;
  const [held = Number.NaN] = (await percentOfCore([{ name: '', pid: server.pid }], idleMs)).values();
  const count = await client.count();
  await client.disperse();
  if (count !== connections) throw new Error(`only ${count} of ${connections} connections were held`);
  return { kibibytes: bytes / 1024 / connections, held, alone };
}

/** The CPU that processes use from now on, in percent of a core. */
async function percentOfCore(
  processes: readonly Pick<Counted, 'name' | 'pid'>[],
  forMs: number,
): Promise<ReadonlyMap<string, number>> {
  const pids = processes.map(({ pid }) => pid);
  const [startedAt, before] = [performance.now(), cpuMicroseconds(pids)];
  await pause(forMs);
  const [after, microseconds] = [cpuMicroseconds(pids), (performance.now() - startedAt) * 1000];
  return new Map(
    processes.map(({ name }, n) => [name, (((after[n] ?? 0) - (before[n] ?? 0)) * 100) / microseconds]),
  );
}
