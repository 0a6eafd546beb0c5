import { eventually, missingEngines } from '@admit-one/testkit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runProgram } from '../stack/program.ts';
import { startService } from '../stack/service-process.ts';
import { startInstallation } from './installation.ts';
import { expectAdmission, startThreeServices } from './three-services.ts';

const missing = missingEngines('redis', 'nats', 'postgres', 'nginx');

describe.skipIf(missing)(`an installation${missing ? ` (skipped: ${missing})` : ''}`, () => {
  test('over TLS on every link admits a connection, and trusts no other authority', async () => {
    const stack = await startThreeServices({ tls: true });
    onTestFinished(stack.stop);
    await expectAdmission(stack);

    const { NODE_EXTRA_CA_CERTS: _, ...variables } = await stack.installation.variables('ticket-service');
    const stranger = await startService('ticket-service', variables);
    onTestFinished(stranger.kill);
    const down = () => {
      const lines = stranger.lines('dependency_down');
      expect(lines.map(({ dependency, cause }) => `${dependency} ${cause}`).sort()).toEqual([
        expect.stringMatching(/^nats .*certificate/),
        expect.stringMatching(/^redis .*certificate/),
      ]);
    };
    await eventually(down, { what: 'engines that are not trusted' });
  });

  test('of standalone on Redis and PostgreSQL admits a connection', async () => {
    const installation = await startInstallation({ tls: false });
    onTestFinished(installation.stop);
    const variables = await installation.variables('standalone');
    const dataDir = { DATA_DIR: `${installation.keys}/data` };
    const standalone = runProgram('services/standalone/dist/main.js', [], { ...variables, ...dataDir });
    onTestFinished(() => void standalone.process.kill('SIGKILL'));
    const [line] = await standalone.printed(/\{[^\n]*"message":"listening"\}/);
    await standalone.printed(/"message":"ready"/);
    const { url } = JSON.parse(line) as { url: string };
    expect(await installation.admit(['connect', '--url', url], { input: 'hello\n' })).toBe('hello\n');
    standalone.process.kill('SIGTERM');
    expect(await standalone.ended).toBe(0);
  });
});
