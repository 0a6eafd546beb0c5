import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { type Engine, startAlertmanager, temporaryDirectory } from '@admit-one/testkit';

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
  const received: string[] = [];
  const server = createServer(async (request, response) => {
    const { status, groupLabels } = (await json(request)) as WebhookMessage;
    received.push(`${status} ${groupLabels.alertname}`);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
