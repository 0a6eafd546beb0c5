import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AlertName } from '@admit-one/observability';
import { findProgram, temporaryDirectory } from '@admit-one/testkit';
import { stringify } from 'yaml';
import { changed } from './normal-traffic.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { inputSeries } from './series.ts';

/** The rules as they are installed. */
export const RULE_FILE = join(import.meta.dirname, '..', '..', 'observability', 'alerts', 'admit-one.yml');

export interface Verdict {
  readonly isSuccess: boolean;
  readonly output: string;
}

/** Runs a program that checks something, and says what it printed. It collects its garbage a sixth as often: a fifth less CPU. */
export function check(program: string, ...args: readonly string[]): Promise<Verdict> {
  const env = { ...process.env, GOGC: '600' };
  return new Promise((resolve) => {
    execFile(findProgram(program), args, { env }, (error, stdout, stderr) =>
      resolve({ isSuccess: error === null, output: stdout + stderr }),
    );
  });
}

/** Evaluates a rule file over a scenario, and compares the alerts that fire at each of its checks. */
export async function testRules(
  ruleFile: string,
  { intervalSeconds, changes, checks }: Scenario,
): Promise<Verdict> {
  const evaluation = evaluationSeconds(intervalSeconds);
  const minutes = Math.max(...checks.map(([minute]) => minute)) + evaluation / 60;
  const interval = `${intervalSeconds}s`;
  const directory = await temporaryDirectory();
  const file = join(directory.path, 'test.yml');
  const content = {
    rule_files: [ruleFile],
    evaluation_interval: `${evaluation}s`,
    tests: [
      {
        interval,
        input_series: changed(changes).map((series) => inputSeries(series, minutes, intervalSeconds)),
        promql_expr_test: checks.map(([minute, notified, silenced = []]) => ({
          expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
          eval_time: `${Math.round((minute * 60) / evaluation) * evaluation}s`,
          exp_samples: samples([...notified, ...silenced, 'AdmitWatchdog']),
        })),
      },
    ],
  };
  try {
    await writeFile(file, stringify(content, { aliasDuplicateObjects: false, lineWidth: 0 }));
    return await check('promtool', 'test', 'rules', file);
  } finally {
    await directory.remove();
  }
}

/** As often as rules are evaluated, or as samples come; over days, every half an hour, or evaluating would take minutes. */
function evaluationSeconds(intervalSeconds: number): number {
  return intervalSeconds < 300 ? Math.max(30, intervalSeconds) : 1_800;
}

function samples(names: readonly AlertName[]) {
  return names.map((name) => ({ labels: `{alertname="${name}"}`, value: 1 }));
}
