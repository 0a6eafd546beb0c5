import { type Engine, eventually, missingEngines } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuditStack, startAuditStack } from '../faults/audit-stack.ts';
import { describeFaults } from '../faults/describe-faults.ts';
import type { ServiceProcess } from '../stack/service-process.ts';
import { activeAlerts, startQuietAlertmanager, startWebhook, type Webhook } from './receivers.ts';

interface Listed {
  readonly evaluatedAt: string;
  readonly alerts: readonly { readonly alert: string; readonly status: string; readonly since: string }[];
}

/** Another instance leads 6 s after the last sign of life; it looks every 2 s, and evaluates every 15 s. */
const TAKEN_OVER_MS = 30_000;
const EVALUATED_MS = 40_000;
const ALERT = 'AdmitDeadLetters';

describeFaults('two audit-services on one database', () => {
  const missing = missingEngines('alertmanager');
  let alertmanager: Engine;
  let webhook: Webhook;
  let stack: AuditStack;
  let services: ServiceProcess[];

  beforeAll(async () => {
    if (missing !== undefined) return;
    [alertmanager, webhook] = await Promise.all([startQuietAlertmanager(), startWebhook()]);
    stack = await startAuditStack({ ALERTMANAGER_URL: alertmanager.url, ALERT_WEBHOOK_URL: webhook.url });
    services = [stack.audit, await stack.startAnother()];
  });
  afterAll(async () => {
    await stack?.stop();
    await Promise.all([alertmanager?.stop(), webhook?.close()]);
  });

  async function leader(): Promise<string> {
    const [row] = await stack.sql.query<{ instance: string }>('SELECT instance FROM alert_leader');
    return row?.instance ?? '';
  }

  async function takenOverFrom(instance: string): Promise<void> {
    await eventually(async () => expect(await leader()).not.toBe(instance), {
      what: 'another leader',
      timeoutMs: TAKEN_OVER_MS,
    });
  }

  async function changes(): Promise<readonly string[]> {
    const { events } = await stack.auditLog.query(
      { facts: { type: { include: ['admit.alert.fired', 'admit.alert.resolved'] } } },
      { limit: 100, order: 'asc' },
    );
    return events.map(({ type, data }) => `${type} ${data.alert}`);
  }

  test.skipIf(missing)(
    'evaluate in turn: an alert fires once and resolves once, whoever is killed',
    async () => {
      await stack.bus.events.publish([
        { type: 'admit.handshake.rejected', partitionkey: 'edge', sequence: '1', json: Buffer.from('{}') },
      ]);
      await eventually(
        async () => expect(await activeAlerts(alertmanager)).toEqual([ALERT, 'AdmitWatchdog']),
        {
          what: 'the alert at the Alertmanager',
          timeoutMs: EVALUATED_MS,
        },
      );
      await eventually(() => expect(webhook.received).toEqual([`firing ${ALERT}`]), {
        what: 'the alert at the webhook',
      });

      const first = await leader();
      const isFirst = (service: ServiceProcess) => service.lines()[0]?.instance === first;
      const killed = services.find(isFirst);
      const other = services.find((service) => !isFirst(service));
      if (!killed || !other) throw new Error('there are two services');
      const before = (await stack.ask<Listed>('alerts', other)).alerts;
      expect(before).toMatchObject([{ alert: ALERT, status: 'firing' }]);
      await killed.kill();
      const killedAt = performance.now();
      await takenOverFrom(first);
      process.stdout.write(`taken over after ${Math.round(performance.now() - killedAt)} ms\n`);

      const { evaluatedAt } = await stack.ask<Listed>('alerts', other);
      await eventually(
        async () => expect((await stack.ask<Listed>('alerts', other)).evaluatedAt).not.toBe(evaluatedAt),
        { what: 'its first evaluation', timeoutMs: EVALUATED_MS },
      );
      expect((await stack.ask<Listed>('alerts', other)).alerts).toMatchObject(
        before.map(({ alert, status, since }) => ({ alert, status, since })),
      );

      await killed.start();
      await killed.ready();
      const second = await leader();
      await other.kill();
      await stack.sql.query('UPDATE dead_letter SET acknowledged_at = now()');
      // Five minutes go by: for so long it keeps firing.
      await stack.sql.query(
        "UPDATE alert SET held_at = held_at - interval '5 minutes' WHERE status = 'firing'",
      );
      await takenOverFrom(second);
      await eventually(async () => expect(await activeAlerts(alertmanager)).toEqual(['AdmitWatchdog']), {
        what: 'its end at the Alertmanager',
        timeoutMs: EVALUATED_MS,
      });
      await eventually(async () => expect(await changes()).toHaveLength(2), { what: 'both events' });
      expect(await changes()).toEqual([`admit.alert.fired ${ALERT}`, `admit.alert.resolved ${ALERT}`]);
      await eventually(() => expect(webhook.received).toEqual([`firing ${ALERT}`, `resolved ${ALERT}`]), {
        what: 'its end at the webhook',
      });
      const lines = services.flatMap((service) => [
        ...service.lines('alert_fired'),
        ...service.lines('alert_resolved'),
      ]);
      expect(lines.map(({ message }) => message)).toEqual(['alert_fired', 'alert_resolved']);
    },
  );
});
