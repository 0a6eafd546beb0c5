import { temporaryDirectory } from '@admit-one/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { runProgram } from '../stack/program.ts';

/** What must hold on every release of Node that we support, so `npm test` runs this file on each. */

test.each(['ticket-service', 'ws-edge', 'audit-service'])(
  '%s starts, and says which variables it lacks',
  async (name) => {
    const program = runProgram(`services/${name}/dist/main.js`, [], {});
    expect(await program.ended).toBe(1);
    expect(program.stderr()).toMatch(/^ *NATS_URL: is not set/m);
    expect(program.stderr()).not.toMatch(/\n\s+at /);
  },
);

test('standalone issues a ticket, and the client of the command line is admitted with it', async () => {
  const directory = await temporaryDirectory();
  const standalone = runProgram('services/standalone/dist/main.js', [], {
    ...{ PORT: '0', METRICS_PORT: '0', DATA_DIR: directory.path },
  });
  onTestFinished(async () => {
    standalone.process.kill('SIGKILL');
    await standalone.ended;
    await directory.remove();
  });
  const [, url = ''] = await standalone.printed(/ready at (http:\/\/\S+)/);

  const admit = runProgram('libs/cli/bin/admit.js', ['connect', '--url', url], {});
  admit.process.stdin?.end('hello\n');
  expect(await admit.ended, admit.stderr()).toBe(0);
  expect(admit.stdout()).toContain('hello');

  standalone.process.kill('SIGTERM');
  expect(await standalone.ended).toBe(0);
  expect(standalone.stderr()).toBe('');
});
