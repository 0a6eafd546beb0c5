import { run } from './program.ts';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
// Whoever reads the output may stop reading, as `head` does.
process.stdout.on('error', () => interrupt.abort());

const { stdin, stdout, stderr, env } = process;
process.exitCode = await run(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  interrupted: interrupt.signal,
});

// A check that was given up may hold a connection open.
stderr.write('', () => stdout.write('', () => process.exit()));
