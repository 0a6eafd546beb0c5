import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Engine, eventually, type TemporaryDirectory, temporaryDirectory } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { describeFaults } from '../faults/describe-faults.ts';
import { startBalancer } from '../stack/balancer.ts';
import { type Program, runProgram } from '../stack/program.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { FRONTEND } from '../stack/stack.ts';

describeFaults('admit drill', () => {
  let stack: ServicesStack;
  let balancer: Engine;
  let folder: TemporaryDirectory;

  beforeAll(async () => {
    [stack, folder] = await Promise.all([startServices(), temporaryDirectory()]);
    balancer = await startBalancer(stack);
    await writeFile(join(folder.path, 'token'), await stack.operatorToken());
  });
  afterAll(async () => {
    await balancer?.stop();
    await stack?.stop();
    await folder?.remove();
  });

  function drill(what: string, seconds: number, commands: readonly [string, string]): Program {
    const [breaking, undo] = commands;
    const program = runProgram(
      'libs/cli/dist/main.js',
      [
        ...['drill', what, '--url', balancer.url, '--route', 'echo', '--origin', FRONTEND, '--yes'],
        ...['--operator-token-file', join(folder.path, 'token'), '--for', `${seconds}`],
        ...['--break', breaking, '--undo', undo],
      ],
      {},
    );
    onTestFinished(() => void program.process.kill('SIGKILL'));
    return program;
  }

  /** Stops every process of an engine, and lets them go on. */
  function halting({ pid }: Engine): readonly [string, string] {
    const all = `${pid} $(ps -o pid= --ppid ${pid})`;
    return [`kill -STOP ${all}`, `kill -CONT ${all}`];
  }

  /** Kills the first edge. It comes back after the test only. */
  function losingAnEdge(): readonly [string, string] {
    const [edge] = stack.edgeServices;
    onTestFinished(async () => edge?.start());
    return [`kill -KILL ${edge?.pid}`, 'true'];
  }

  test.each([
    ['redis', 10, [], () => halting(stack.engines.redis)],
    ['nats', 60, ['AdmitBusDown'], () => halting(stack.engines.nats)],
    ['postgres', 10, [], () => halting(stack.engines.postgres)],
    ['edge', 10, [], losingAnEdge],
  ] as const)('%s: what is promised holds', async (what, seconds, alerts, commands) => {
    const program = drill(what, seconds, commands());
    const code = await program.ended;
    console.log(program.stderr() + program.stdout());
    expect({ code, stdout: program.stdout() }).toEqual({
      code: 0,
      stdout: expect.not.stringContaining('NOT HELD'),
    });
    for (const alert of alerts) expect(program.stdout()).toContain(`the alert ${alert} fires`);
  });

  test('mends what it broke when it is killed itself', async () => {
    const { redis } = stack.engines;
    const program = drill('redis', 600, halting(redis));
    await program.printed(/rejected with REDIS_UNAVAILABLE/);
    program.process.kill('SIGKILL');
    await program.ended;
    await eventually(async () => expect(await redis.command('PING')).toBe('PONG'), { what: 'Redis' });
  });
});
