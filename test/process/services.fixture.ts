import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type IdentityProvider, startIdentityProvider, temporaryDirectory } from '@admit-one/testkit';
import { onTestFinished } from 'vitest';
import { type Engines as Servers, startEngines as startServers } from '../stack/engines.ts';
import { type Program, runProgram } from '../stack/program.ts';
import type { ServiceName } from '../stack/service-process.ts';
import { variablesOf } from '../stack/services.ts';
import type { Variables } from '../stack/stack.ts';

/** Engines without services, and what a service on them is started with. */
export interface Engines extends Servers {
  readonly users: IdentityProvider;
  readonly variables: Readonly<Record<ServiceName, Variables>>;
}

export async function startEngines(): Promise<Engines> {
  const [servers, users] = await Promise.all([startServers(), startIdentityProvider()]);
  const { nats, redis, postgres } = servers;
  const urls = { natsUrl: nats.url, redisUrl: redis.url, databaseUrl: postgres.url };
  return {
    ...servers,
    users,
    variables: variablesOf(
      { users, operators: users, ...urls },
      { OPERATOR_AUDIENCE: users.audience, ROUTES: 'default=echo' },
    ),
    async stop() {
      await Promise.all([servers.stop(), users.close()]);
    },
  };
}

/** A service in its own process. */
export interface Service extends Program {
  readonly url: string;
  readonly metricsUrl: string;
}

/** Runs the bundle of a service from a folder that has nothing else in it. The end of the test kills it. */
export async function runAlone(name: ServiceName, variables: Variables): Promise<Program> {
  const folder = await temporaryDirectory();
  const file = join(folder.path, 'main.js');
  await copyFile(join(import.meta.dirname, '..', '..', 'services', name, 'dist', 'main.js'), file);
  const program = runProgram(file, [], variables);
  onTestFinished(async () => {
    program.process.kill('SIGKILL');
    await program.ended;
    await folder.remove();
  });
  return program;
}

/** Runs a service, and resolves when it listens. */
export async function startService(name: ServiceName, variables: Variables): Promise<Service> {
  const program = await runAlone(name, variables);
  const [, url = '', metricsUrl = ''] = await program.printed(/"url":"([^"]+)","metricsUrl":"([^"]+)"/);
  return { ...program, url, metricsUrl };
}

/** What a service says of its readiness. */
export async function readiness({ url }: Service) {
  const response = await fetch(`${url}/readyz`);
  const { checks } = (await response.json()) as { checks: Record<string, object> };
  return { status: response.status, checks };
}
