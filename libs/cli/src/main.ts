import { run } from './program.ts';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
// The reader may close the pipe early, as `head` does.
process.stdout.on('error', () => interrupt.abort());

const { stdin, stdout, stderr, env } = process;
process.exitCode = await run(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  interrupted: interrupt.signal,
});

// A check that timed out may hold a connection open.
stderr.write('', () => stdout.write('', () => process.exit()));
