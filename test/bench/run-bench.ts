import os from 'node:os';
import { join, resolve } from 'node:path';
import { missingEngines, startTraceCollector } from '@admit-one/testkit';
import { startEngines } from '../stack/engines.ts';
import type { Bench } from './bench.ts';
import type { Setting } from './contestants/contestant.ts';
import { createIssuer } from './issuer.ts';
import { measureAuditLog } from './measures/audit-log.ts';
import { measureCost } from './measures/cost.ts';
import { measureFlatCost } from './measures/flat-cost.ts';
import { measureIdle } from './measures/idle.ts';
import { measureLatency } from './measures/latency.ts';
import { measureLimits } from './measures/limits-cost.ts';
import { measureReconnect } from './measures/mass-reconnect.ts';
import { measureProxiedMessages } from './measures/proxied-messages.ts';
import { measureRejections } from './measures/rejections.ts';
import { measureScaleOut } from './measures/scale-out.ts';
import { measureStart } from './measures/start.ts';
import { type Options, UsageError } from './options.ts';
import { startClient } from './processes/client-process.ts';
import { type Figure, type Measure, measures } from './report/figures.ts';
import { describeMachine, type Machine } from './report/machine.ts';
import { REPORT_FORMAT, type Report } from './report/report.ts';
import { judge } from './report/targets.ts';

export interface Places {
  /** The project's own folder, with the services as they were built. */
  readonly root: string;
  /** Where the bundles of the bench's own programs are. */
  readonly programs: string;
}

const measurements: Readonly<Record<Measure, (bench: Bench) => Promise<readonly Figure[]>>> = {
  cost: measureCost,
  rejections: measureRejections,
  latency: measureLatency,
  idle: measureIdle,
  proxy: measureProxiedMessages,
  start: measureStart,
  flat: measureFlatCost,
  limits: measureLimits,
  scale: measureScaleOut,
  reconnect: measureReconnect,
  audit: measureAuditLog,
};

/**
 * Measures what is asked for, one thing after the other; one that fails is listed with the failures of visitors.
 * @throws {UsageError} where engines are missing
 */
export async function runBench(options: Options, { root, programs }: Places): Promise<Report> {
  const missing = missingEngines('redis', 'nats', 'postgres');
  if (missing !== undefined) throw new UsageError(missing);
  const startedAt = new Date();
  const machine = await thisMachine();
  const issuer = await createIssuer();
  const client = startClient(join(programs, 'client.js'));
  const collector = options.traces === null ? undefined : await startTraceCollector();
  const failures = new Map<string, number>();
  const bench: Bench = {
    options,
    setting: {
      root,
      earlierRoot: options.against === undefined ? undefined : resolve(options.against),
      programs,
      identity: issuer.identity,
      logLevel: options.logLevel,
      tracing: collector ? tracingVariables(collector.url, options) : {},
      nodeOptions: createProfiling(options),
    },
    issuer,
    client,
    failed(more) {
      for (const [failure, count] of Object.entries(more))
        failures.set(failure, (failures.get(failure) ?? 0) + count);
    },
    reportProgress: (line) => process.stderr.write(`  ${line}\n`),
  };

  try {
    const figures: Figure[] = [];
    for (const measure of options.measures) {
      process.stderr.write(`${measures[measure]}\n`);
      try {
        figures.push(...(await measurements[measure](bench)));
      } catch (error) {
        bench.failed({ [`${measure}: ${error instanceof Error ? error.message : error}`]: 1 });
      }
    }
    return {
      format: REPORT_FORMAT,
      startedAt: startedAt.toISOString(),
      seconds: Math.round((Date.now() - startedAt.getTime()) / 1000),
      machine,
      options,
      figures,
      verdicts: judge(figures),
      failures: Object.fromEntries(failures),
    };
  } finally {
    await client.stop();
    await collector?.close();
  }
}

/** Looked at before anything of ours weighs on it. */
async function thisMachine(): Promise<Machine> {
  const [loadBefore = 0] = os.loadavg();
  const { redis, nats, postgres, stop } = await startEngines();
  try {
    return await describeMachine(
      { 'redis-server': redis.pid, 'nats-server': nats.pid, postgres: postgres.pid },
      loadBefore,
    );
  } finally {
    await stop();
  }
}

function tracingVariables(url: string, { traces }: Options): Readonly<Record<string, string>> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: `${traces}`,
  };
}

/** Numbers the profiles in the order in which the servers start: several contestants have servers of one name. */
function createProfiling({ profile }: Options): Setting['nodeOptions'] {
  let started = 0;
  return (server) => {
    if (profile === undefined) return [];
    started += 1;
    return [
      '--cpu-prof',
      `--cpu-prof-dir=${resolve(profile)}`,
      `--cpu-prof-name=${started}-${server}.cpuprofile`,
    ];
  };
}
