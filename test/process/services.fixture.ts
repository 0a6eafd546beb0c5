import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Connection,
  connect,
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
import { type Program, runProgram } from '../stack/program.ts';

export type ServiceName = 'ticket-service' | 'ws-edge' | 'audit-service';

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

/** Asks for a ticket, connects with it, and sees that messages come back. */
export async function visit(urls: {
  readonly tickets: string;
  readonly edge: string;
  readonly authorization: string;
}): Promise<{ ticketId: string; connection: Connection }> {
  const { tickets, edge, authorization } = urls;
  const options = { method: 'POST', headers: { authorization } };
  const reply = await fetch(`${tickets}/api/websocket/ticket`, options);
  const { ticket, ticketId } = (await reply.json()) as { ticket: string; ticketId: string };
  const protocols = ['admit.v1', `ticket.${ticket}`];
  const connection = await connect(`${edge.replace('http', 'ws')}/ws`, { protocols });
  connection.socket.send('hello');
  if ((await connection.next()) !== 'hello') throw new Error('another message came back');
  return { ticketId, connection };
}

/** The types of a ticket's events in the trail, in their order. */
export async function storyOf(
  ticketId: string,
  { audit, authorization }: { readonly audit: string; readonly authorization: string },
): Promise<readonly string[]> {
  const response = await fetch(`${audit}/api/v1/audit/events?ticket=${ticketId}`, {
    headers: { authorization },
  });
  const { events } = (await response.json()) as { events: readonly { type: string }[] };
  return events.map(({ type }) => type);
}

/** The story of a ticket whose connection has ended. */
export const WHOLE_STORY = [
  'admit.ticket.issued',
  'admit.ticket.reserved',
  'admit.ticket.consumed',
  'admit.connection.closed',
] as const;
