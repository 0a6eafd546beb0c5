import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type ExitCode, run } from './index.ts';

/** A run of `admit` in a test terminal. */
export interface AdmitRun {
  readonly stdin: PassThrough;
  /** What was printed so far. */
  readonly printed: { stdout: string; stderr: string };
  readonly ended: Promise<{ code: ExitCode; stdout: string; stderr: string }>;
  interrupt(): void;
}

export interface AdmitOptions {
  /** All of the input; without it, `stdin` stays open. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTTY?: boolean;
}

/** Starts `admit` with arguments as they are typed, or with a list of them where one has a space. */
export function admit(
  line: string | readonly string[],
  { input, env = {}, isTTY = false }: AdmitOptions = {},
): AdmitRun {
  const interruption = new AbortController();
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const printed = { stdout: '', stderr: '' };
  stdout.on('data', (more) => {
    printed.stdout += more;
  });
  stderr.on('data', (more) => {
    printed.stderr += more;
  });
  if (input !== undefined) stdin.end(input);
  const whole = Promise.all([text(stdout), text(stderr)]);

  async function runToEnd() {
    const code = await run(typeof line === 'string' ? line.split(' ') : line, {
      stdin: Object.assign(stdin, { isTTY }),
      stdout: Object.assign(stdout, { isTTY }),
      stderr,
      env,
      interrupted: interruption.signal,
    });
    stdout.end();
    stderr.end();
    const [out, err] = await whole;
    return { code, stdout: out, stderr: err };
  }

  return { stdin, printed, ended: runToEnd(), interrupt: () => interruption.abort() };
}
