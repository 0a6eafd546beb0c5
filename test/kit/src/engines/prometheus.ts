import { copyFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Engine, startEngine } from './engine.ts';
import { LOOPBACK } from './held-port.ts';
import { findProgram } from './programs.ts';

export interface PrometheusOptions {
  /** What it scrapes: `host:port` of each, by the name of its job. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
  /** How often it scrapes and evaluates rules: 1 s by default. */
  readonly intervalSeconds?: number;
  /** Files with rules. */
  readonly rules?: readonly string[];
  /** `host:port` of Alertmanagers. */
  readonly alertmanagers?: readonly string[];
}

/** A Prometheus server; its interface is at its URL. @throws {Error} with its output, if it does not start */
export async function startPrometheus(options: PrometheusOptions): Promise<Engine> {
  const program = findProgram('prometheus');
  return startEngine({
    async prepare(folder) {
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
}

/** Its configuration; JSON is YAML. */
function configurationOf({
  targets,
  intervalSeconds = 1,
  rules = [],
  alertmanagers = [],
}: PrometheusOptions): object {
  const interval = `${intervalSeconds}s`;
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: rules.map((file) => basename(file)),
    alerting: { alertmanagers: [{ static_configs: [{ targets: alertmanagers }] }] },
    scrape_configs: Object.entries(targets).map(([job, ofJob]) => ({
      job_name: job,
      static_configs: [{ targets: ofJob }],
    })),
  };
}
