import { join } from 'node:path';
import { temporaryDirectory } from '@admit-one/testkit';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';
import { runProgram } from '../stack/program.ts';
import type { ClientsSettings, Report } from './clients.ts';

/** A thousand clients of a busy machine need so long for a step. */
const PATIENCE_MS = 900_000;

/** Many clients in their own process. */
export interface Clients {
  /** Resolves when each has lost its connection. */
  allLost(): Promise<void>;
  /** Resolves when each has another, and ends them. */
  allBack(): Promise<Report>;
  /** Ends them, and resolves with what they have seen. */
  end(): Promise<Report>;
}

/** Starts them, and resolves when all are connected. They end with the test at the latest. */
export async function runClients(settings: ClientsSettings): Promise<Clients> {
  const directory = await temporaryDirectory();
  const program = join(directory.path, 'clients.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'clients.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@admit-one/source'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const running = runProgram(program, [JSON.stringify(settings)], {});
  onTestFinished(async () => {
    running.process.kill('SIGKILL');
    await running.ended;
    await directory.remove();
  });
  await running.printed(/all open/, PATIENCE_MS);
  async function end(): Promise<Report> {
    running.process.stdin?.end();
    const [, report = ''] = await running.printed(/ended (\{.*\})\n/, PATIENCE_MS);
    return JSON.parse(report);
  }
  return {
    async allLost() {
      await running.printed(/all lost/, PATIENCE_MS);
    },
    async allBack() {
      await running.printed(/all back/, PATIENCE_MS);
      return end();
    },
    end,
  };
}
