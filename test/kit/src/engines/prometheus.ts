import { copyFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Engine, startEngine } from './engine.ts';
import { LOOPBACK } from './held-port.ts';
import { findProgram } from './programs.ts';

/** What is scraped: `host:port` of each, by the name of its job. */
export type ScrapeTargets = Readonly<Record<string, readonly string[]>>;

export interface PrometheusOptions {
  readonly targets: ScrapeTargets;
  /** How often it scrapes and evaluates rules: 1 s by default. */
  readonly intervalSeconds?: number;
  /** Files with rules. */
  readonly rules?: readonly string[];
  /** `host:port` of Alertmanagers. */
  readonly alertmanagers?: readonly string[];
}

/** A Prometheus server; its interface is at its URL. */
export interface PrometheusEngine extends Engine {
  /** Scrapes these from now on. */
  scrape(targets: ScrapeTargets): Promise<void>;
}

/** @throws {Error} with its output, if it does not start */
export async function startPrometheus(options: PrometheusOptions): Promise<PrometheusEngine> {
  const program = findProgram('prometheus');
  const engine = await startEngine({
    async prepare(folder) {
      await writeTargets(folder, options.targets);
      const rules = options.rules ?? [];
      for (const file of rules) await copyFile(file, join(folder, basename(file)));
      await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(configurationOf(options), null, 2));
    },
    command: (folder, port) => ({
      program,
      args: [
        '--config.file=prometheus.yml',
        '--storage.tsdb.path=data',
        `--web.listen-address=${LOOPBACK}:${port}`,
        '--log.level=info',
      ],
      cwd: folder,
    }),
    url: (host, port) => `http://${host}:${port}`,
    ready: /Server is ready to receive web requests/,
    stopSignal: 'SIGTERM',
  });
  return Object.assign(engine, { scrape: (targets: ScrapeTargets) => writeTargets(engine.folder, targets) });
}

const TARGETS = 'targets.json';

/** It watches the file, and must not read half of it. */
async function writeTargets(folder: string, targets: ScrapeTargets): Promise<void> {
  const groups = Object.entries(targets).map(([job, ofJob]) => ({ targets: ofJob, labels: { job } }));
  await writeFile(join(folder, `${TARGETS}.new`), JSON.stringify(groups));
  await rename(join(folder, `${TARGETS}.new`), join(folder, TARGETS));
}

/** Its configuration; JSON is YAML. */
function configurationOf({ intervalSeconds = 1, rules = [], alertmanagers = [] }: PrometheusOptions): object {
  const interval = `${intervalSeconds}s`;
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: rules.map((file) => basename(file)),
    alerting: { alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }] },
    scrape_configs: [
      { job_name: 'admit-one', file_sd_configs: [{ files: [TARGETS], refresh_interval: '1s' }] },
    ],
  };
}
