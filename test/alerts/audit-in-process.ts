import { openNatsBus } from '@admit-one/adapter-nats';
import { openAuditLog, openPostgres } from '@admit-one/adapter-postgres';
import { type AlertRule, startAuditService } from '@admit-one/audit-service';
import { auditConfigOf, readAuditServiceVariables } from '@admit-one/config';
import { type Host, natsOptionsOf, postgresOptionsOf, startHost } from '@admit-one/runtime';
import { type CapturedLogs, captureLogs } from '@admit-one/testkit';
import type { LogLine, ServiceProcess } from '../stack/service-process.ts';
import type { Variables } from '../stack/stack.ts';

export interface AuditInProcess extends ServiceProcess {
  readonly captured: CapturedLogs;
}

/** An audit-service in this process, so that it can have rules of its own. */
export async function startAuditInProcess(
  environment: Variables,
  alertRules: readonly AlertRule[],
  everyMs: number,
): Promise<AuditInProcess> {
  const variables = readAuditServiceVariables(environment);
  const captured = captureLogs();
  const options = { service: 'audit-service', title: 'alerts', variables, destination: captured };
  const host: Host = await startHost(options, async (context) => {
    const sql = openPostgres({ url: variables.DATABASE_URL, ...postgresOptionsOf(variables, context) });
    context.closers.add('database', () => sql.close());
    const auditLog = await openAuditLog(sql);
    const bus = await openNatsBus({ url: variables.NATS_URL, ...natsOptionsOf(variables, context) });
    context.closers.add('bus', () => bus.close());
    const config = auditConfigOf(variables);
    const service = await startAuditService(
      { ...config, alerts: { ...config.alerts, everyMs } },
      { ...context, bus, auditLog, alertRules },
    );
    context.closers.add('audit-service', service.stop);
    return { routes: [service.routes], readiness: service.readiness };
  });
  const local = (url: string) => url.replace('localhost', '127.0.0.1');

  return {
    captured,
    url: local(host.url),
    metricsUrl: local(host.metricsUrl),
    logs: () => captured.text,
    lines: (message) =>
      (message === undefined ? captured.lines : captured.named(message)) as readonly LogLine[],
    metrics: async () => (await fetch(local(host.metricsUrl))).text(),
    async ready() {},
    ...{ pid: undefined, pause: notApart, resume: notApart, kill: notApart, start: notApart },
    async stop() {
      await host.stop();
      return 0;
    },
  };
}

function notApart(): never {
  throw new Error('it runs in the process of the test');
}
