import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Engine, startAlertmanager, startJsonReceiver, temporaryDirectory } from '@admit-one/testkit';

/** An alert as Alertmanager's API has it. */
export interface ReceivedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly endsAt: string;
}

/** What a webhook receives, version 4. */
export interface WebhookMessage {
  readonly version: string;
  readonly status: 'firing' | 'resolved';
  readonly groupLabels: Readonly<Record<string, string>>;
}

/** A real Alertmanager, which tells nobody. */
export async function startQuietAlertmanager(): Promise<Engine> {
  const directory = await temporaryDirectory();
  const file = join(directory.path, 'alertmanager.yml');
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ route: { receiver: 'none' }, receivers: [{ name: 'none' }] }));
  const engine = await startAlertmanager(file);
  await directory.remove();
  return engine;
}

/** The names of the alerts that it knows and that have not ended. */
export async function activeAlerts({ url }: Engine): Promise<readonly string[]> {
  const response = await fetch(`${url}/api/v2/alerts`);
  const alerts = (await response.json()) as readonly ReceivedAlert[];
  return alerts
    .filter(({ endsAt }) => Date.parse(endsAt) > Date.now())
    .map(({ labels }) => labels.alertname ?? '')
    .sort();
}

export interface Webhook {
  readonly url: string;
  /** `<status> <alert>` of each message, in order. */
  readonly received: readonly string[];
  close(): Promise<void>;
}

export async function startWebhook(): Promise<Webhook> {
  const receiver = await startJsonReceiver();
  return {
    url: receiver.url,
    get received() {
      return receiver.received.map(({ body }) => {
        const { status, groupLabels } = body as WebhookMessage;
        return `${status} ${groupLabels.alertname}`;
      });
    },
    close: receiver.close,
  };
}
