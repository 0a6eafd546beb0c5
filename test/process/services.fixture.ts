import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type IdentityProvider,
  type NatsEngine,
  type PostgresEngine,
  type RedisEngine,
  startIdentityProvider,
  startNats,
  startPostgres,
  startRedis,
  temporaryDirectory,
} from '@admit-one/testkit';
import { onTestFinished } from 'vitest';
import { type Program, runProgram } from './run.ts';

export const serviceNames = ['ticket-service', 'ws-edge', 'audit-service'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** What the three services run on. */
export interface Engines {
  readonly redis: RedisEngine;
  readonly nats: NatsEngine;
  readonly postgres: PostgresEngine;
  readonly users: IdentityProvider;
  stop(): Promise<void>;
}

export async function startEngines(): Promise<Engines> {
  const [redis, nats, postgres, users] = await Promise.all([
    startRedis({ config: { 'maxmemory-policy': 'noeviction' } }),
    startNats(),
    startPostgres(),
    startIdentityProvider(),
  ]);
  return {
    redis,
    nats,
    postgres,
    users,
    async stop() {
      await Promise.all([redis.stop(), nats.stop(), postgres.stop(), users.close()]);
    },
  };
}

/** A service in a process of its own. */
export interface Service extends Program {
  readonly url: string;
  readonly metricsUrl: string;
}

/** What an operator sets for a service on these engines. */
export function variablesOf({ redis, nats, postgres, users }: Engines): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    PORT: '0',
    METRICS_PORT: '0',
    NATS_URL: nats.url,
    REDIS_URL: redis.url,
    DATABASE_URL: postgres.url,
    JWT_ISSUER: users.issuer,
    JWT_AUDIENCE: users.audience,
    JWT_JWKS_URL: users.jwksUrl,
    OPERATOR_ISSUER: users.issuer,
    OPERATOR_AUDIENCE: users.audience,
    OPERATOR_JWKS_URL: users.jwksUrl,
    ROUTES: 'default=echo',
    DRAIN_SECONDS: '0',
  };
}

/** Runs the bundle of a service from a folder that has nothing else in it. The test's end kills it. */
export async function runAlone(name: ServiceName, env: Record<string, string>): Promise<Program> {
  const folder = await temporaryDirectory();
  const file = join(folder.path, 'main.js');
  await copyFile(join(import.meta.dirname, '..', '..', 'services', name, 'dist', 'main.js'), file);
  const program = runProgram(file, [], env);
  onTestFinished(async () => {
    program.process.kill('SIGKILL');
    await program.ended;
    await folder.remove();
  });
  return program;
}

/** Runs a service, and resolves when it listens. */
export async function startService(name: ServiceName, env: Record<string, string>): Promise<Service> {
  const program = await runAlone(name, env);
  const [, url = '', metricsUrl = ''] = await program.printed(/"url":"([^"]+)","metricsUrl":"([^"]+)"/);
  return { ...program, url, metricsUrl };
}

/** What a service says of its readiness. */
export async function readiness({ url }: Service) {
  const response = await fetch(`${url}/readyz`);
  const { checks } = (await response.json()) as { checks: Record<string, 'ok' | 'failed'> };
  return { status: response.status, checks };
}
