import { createMemoryBus } from '@admit-one/adapter-memory';
import { openAuditLog, openPostgres } from '@admit-one/adapter-postgres';
import { startAuditService } from '@admit-one/audit-service';
import { auditConfigOf, readAuditServiceVariables } from '@admit-one/config';
import { startHost } from '@admit-one/runtime';
import { captureLogs, eventually, missingEngines, startPostgres } from '@admit-one/testkit';
import { expect, test } from 'vitest';
import { fillAuditLog } from '../bench/audit-log/fill-audit-log.ts';

const EVENTS = 1_000_000;
const EVALUATIONS = 40;
/** A busy machine is slow; an evaluation that read events would take seconds. */
const MOST_MS = 500;

test.skipIf(missingEngines('postgres'))(
  'an evaluation costs as much with a million events as with none',
  { timeout: 600_000 },
  async () => {
    const server = await startPostgres();
    const sql = openPostgres({
      url: server.url,
      applicationName: 'test',
      statementTimeoutMs: 300_000,
      onError: () => {},
    });
    const empty = await medianOf(server.url);
    const { log } = await fillAuditLog(sql, EVENTS, () => {});
    const full = await medianOf(server.url);
    process.stdout.write(`an evaluation takes ${empty} ms on an empty log, ${full} ms on ${EVENTS} events\n`);
    await log.close();
    await server.stop();
    expect(full).toBeLessThan(MOST_MS);
  },
);

/** From the reading of the metrics to the commit of the state. */
async function medianOf(databaseUrl: string): Promise<number> {
  const variables = readAuditServiceVariables({
    ...{ PORT: '0', METRICS_PORT: '0', HOST: '127.0.0.1', NATS_URL: 'nats://unused.invalid' },
    ...{ DATABASE_URL: databaseUrl, OPERATOR_ISSUER: 'https://unused.invalid' },
    OPERATOR_JWKS_URL: 'https://unused.invalid/jwks.json',
  });
  const took: number[] = [];
  const options = { service: 'audit-service', title: 'cost', variables, destination: captureLogs() };
  const host = await startHost(options, async (context) => {
    const sql = openPostgres({ url: databaseUrl, applicationName: 'test', onError: () => {} });
    const auditLog = await openAuditLog(sql);
    context.closers.add('database', () => auditLog.close());
    const bus = createMemoryBus({ onError: () => {} });
    context.closers.add('bus', () => bus.close());
    let startedAt = 0;
    const { alerts } = auditLog;
    const service = await startAuditService(
      { ...auditConfigOf(variables), alerts: { ...auditConfigOf(variables).alerts, everyMs: 250 } },
      {
        ...context,
        bus,
        telemetry: {
          ...context.telemetry,
          collect() {
            startedAt = performance.now();
            return context.telemetry.collect();
          },
        },
        auditLog: {
          ...auditLog,
          alerts: {
            ...alerts,
            async save(instance, evaluation) {
              const saved = await alerts.save(instance, evaluation);
              if (evaluation.sample) took.push(performance.now() - startedAt);
              return saved;
            },
          },
        },
      },
    );
    context.closers.add('audit-service', service.stop);
    return { routes: [service.routes], readiness: service.readiness };
  });
  await eventually(() => took.length >= EVALUATIONS, { what: 'the evaluations', timeoutMs: 120_000 });
  await host.stop();
  return Math.round(took.toSorted((one, other) => one - other)[EVALUATIONS / 2] ?? Number.NaN);
}
