import { createMemoryBus } from '@admit-one/adapter-memory';
import { openAuditLog, openPglite, type Sql } from '@admit-one/adapter-postgres';
import { startAuditService } from '@admit-one/audit-service';
import {
  auditConfigOf,
  auditServiceVariables,
  readAuditServiceVariables,
  settingsOf,
} from '@admit-one/config';
import type { ReceivedEvent } from '@admit-one/core';
import { startHost } from '@admit-one/runtime';
import { captureLogs, openEmptyDatabase, startIdentityProvider } from '@admit-one/testkit';
import { bundledConsole } from './bundled-console.ts';

/** An audit-service with the console, on the embedded database and a bus in this process. */
export interface ConsoleServer {
  readonly url: string;
  /** Of an operator who may read. */
  token(): Promise<string>;
  /** Publishes events as they are, good or bad; the audit-service stores them. */
  publish(events: readonly ReceivedEvent[]): Promise<void>;
  /** The bus is gone from here on. */
  loseBus(): Promise<void>;
  stop(): Promise<void>;
}

export interface ConsoleServerOptions {
  /** The embedded engine, empty, by default. */
  readonly openDatabase?: () => Promise<Sql>;
}

/** Alerts are evaluated in the time of a test, which an embedded database in the same process leaves time for. */
const EVALUATED_EVERY_MS = 2_000;

export async function startConsoleServer({
  openDatabase = () => openEmptyDatabase(openPglite),
}: ConsoleServerOptions = {}): Promise<ConsoleServer> {
  const operators = await startIdentityProvider({ audience: 'admit-one-audit' });
  const variables = readAuditServiceVariables({
    ...{ PORT: '0', METRICS_PORT: '0', HOST: '127.0.0.1', FRONTEND_ORIGINS: 'https://app.example.com' },
    ...{ OPERATOR_ISSUER: operators.issuer, OPERATOR_JWKS: JSON.stringify(operators.jwks) },
    ...{ AUDIT_REQUESTS_PER_MINUTE: '100000', ALERTMANAGER_URL: 'http://user:hidden-one@127.0.0.1:9/am/' },
    // The engines in this process are used instead.
    ...{ DATABASE_URL: 'postgres://none', NATS_URL: 'nats://none' },
  });
  const bus = createMemoryBus({ onError: () => {} });
  const options = { service: 'audit-service', title: 'console', variables, destination: captureLogs() };
  const host = await startHost(options, async (context) => {
    const sql = await openDatabase();
    context.closers.add('database', () => sql.close());
    context.closers.add('bus', () => bus.close());
    const config = auditConfigOf(variables);
    const service = await startAuditService(
      {
        ...{ ...config, alerts: { ...config.alerts, everyMs: EVALUATED_EVERY_MS } },
        // Seeded events may be of a fixed day.
        retention: { days: 10_000, maxBytes: null },
      },
      {
        ...{ ...context, bus, auditLog: await openAuditLog(sql), console: await bundledConsole() },
        settings: settingsOf(auditServiceVariables, variables),
      },
    );
    context.closers.add('audit-service', service.stop);
    return { routes: [service.routes], readiness: service.readiness };
  });

  let isLost = false;

  return {
    url: host.url.replace('localhost', '127.0.0.1'),
    token: () => operators.token({ scope: 'audit:read' }),
    async publish(events) {
      // A batch has events of one type.
      for (const type of new Set(events.map((event) => event.type)))
        await bus.events.publish(
          events
            .filter((event) => event.type === type)
            .map((event) => {
              const { partitionkey, sequence } = event;
              return { type, partitionkey, sequence, json: Buffer.from(JSON.stringify(event)) };
            }),
        );
    },
    async loseBus() {
      isLost = true;
      await bus.close();
    },
    async stop() {
      await host.stop().catch((error: unknown) => {
        // Without a bus, it cannot tell that it stops.
        if (!isLost) throw error;
      });
      await operators.close();
    },
  };
}
