import { PassThrough } from 'node:stream';
import { type ExitCode, run } from '@admit-one/cli';
import type { Stack } from './stack.ts';

/** A run of `admit` by an operator of a stack. */
export interface AdmitRun {
  /** What was printed so far. */
  readonly printed: { readonly stdout: string; readonly stderr: string };
  readonly ended: Promise<{ readonly code: ExitCode; readonly stdout: string; readonly stderr: string }>;
  /** As Ctrl-C does. */
  interrupt(): void;
}

/** Runs `admit` in this process without input, with the audit API and the operator token of the stack in its environment. */
export function admit(
  stack: Pick<Stack, 'audit' | 'operatorToken'> & Partial<Pick<Stack, 'tickets'>>,
  args: readonly string[],
): AdmitRun {
  const interruption = new AbortController();
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end();
  const printed = { stdout: '', stderr: '' };
  stdout.on('data', (more) => {
    printed.stdout += more;
  });
  stderr.on('data', (more) => {
    printed.stderr += more;
  });

  async function runToEnd() {
    const env = {
      TICKETS_URL: stack.tickets ?? stack.audit,
      AUDIT_URL: stack.audit,
      ADMIT_OPERATOR_TOKEN: await stack.operatorToken(),
    };
    const code = await run(args, { stdin, stdout, stderr, env, interrupted: interruption.signal });
    return { code, ...printed };
  }

  return { printed, ended: runToEnd(), interrupt: () => interruption.abort() };
}
