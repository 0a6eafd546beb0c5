import { eventually } from '@admit-one/testkit';
import { expect } from 'vitest';
import type { Program } from '../stack/program.ts';
import { type ServiceName, type ServiceProcess, startService } from '../stack/service-process.ts';
import type { Variables } from '../stack/stack.ts';
import { type Installation, startInstallation } from './installation.ts';

export const serviceNames: readonly ServiceName[] = ['ticket-service', 'ws-edge', 'audit-service'];

/** An installation with its three services and the proxy that joins them. */
export interface ThreeServices {
  readonly installation: Installation;
  readonly services: Readonly<Record<ServiceName, ServiceProcess>>;
  /** The public URL. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface ThreeServicesOptions {
  readonly tls: boolean;
  /** Starts a service, where it is not to run as built. */
  readonly launch?: (name: ServiceName, env: Variables) => Program;
  /** What a service gets in the place of its file in `deploy/env`. */
  readonly settings?: (name: ServiceName) => Variables;
}

export async function startThreeServices({
  tls,
  launch,
  settings,
}: ThreeServicesOptions): Promise<ThreeServices> {
  const installation = await startInstallation({ tls });
  const started = await Promise.all(
    serviceNames.map(async (name) => {
      const variables = await installation.variables(name, settings?.(name));
      return [name, await startService(name, variables, launch && ((env) => launch(name, env)))] as const;
    }),
  );
  const services = Object.fromEntries(started) as Record<ServiceName, ServiceProcess>;
  await Promise.all(started.map(([, service]) => service.ready()));
  const urls = Object.fromEntries(started.map(([name, service]) => [name, service.url]));
  return {
    installation,
    services,
    url: await installation.serve(urls),
    async stop() {
      await Promise.all(started.map(([, service]) => service.stop()));
      await installation.stop();
    },
  };
}

/** Opens a connection, and finds it in the audit log with a break-glass token. */
export async function expectAdmission({ installation, url }: ThreeServices): Promise<void> {
  const { admit, keys } = installation;
  expect(await admit(['connect', '--url', url], { input: 'hello\n' })).toBe('hello\n');
  const key = `${keys}/break-glass.jwk`;
  const token = await admit(['token', '--break-glass', '--key', key, '--reason', 'a first look']);
  const env = { AUDIT_URL: url, ADMIT_OPERATOR_TOKEN: token.trim() };
  const told = async () => {
    const events = await admit(['audit', 'search', 'from=-5m', 'type=admit.ticket.consumed'], { env });
    expect(events).toContain('ticket.consumed');
  };
  await eventually(told, { what: 'the admission in the audit log' });
}
