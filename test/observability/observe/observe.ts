import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createClosers } from '@admit-one/runtime';
import {
  missingEngines,
  startAlertmanager,
  startIdentityProvider,
  startPrometheus,
  temporaryDirectory,
} from '@admit-one/testkit';
import { runProgram } from '../../stack/program.ts';
import { FRONTEND, LENIENT } from '../../stack/stack.ts';
import { play, visitorIncidents } from './incidents.ts';

const LISTENING = /\{[^\n]*"message":"listening"\}/;

/** `npm run observe`: shows alerts and metrics of a standalone server with visitors, until Ctrl-C. Gives the exit code. */
export async function observe(root: string): Promise<number> {
  const missing = missingEngines('prometheus', 'alertmanager');
  if (missing !== undefined) {
    process.stderr.write(`${missing}\n`);
    return 1;
  }
  const stopping = new AbortController();
  // Npm passes on what the terminal sends to it as well: a signal may come twice.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort());
  const closers = createClosers();
  try {
    const { stack, urls } = await start(root, closers);
    process.stdout.write(`${urls}\n`);
    while (!stopping.signal.aborted) await play(stack, visitorIncidents, { say, signal: stopping.signal });
    return 0;
  } finally {
    process.stdout.write('\nStopping …\n');
    await closers.close();
  }
}

async function start(root: string, closers: ReturnType<typeof createClosers>) {
  const [users, directory] = await Promise.all([startIdentityProvider(), temporaryDirectory()]);
  closers.add('identity provider', users.close);
  closers.add('data directory', directory.remove);
  const program = runProgram(join(root, 'services/standalone/dist/main.js'), [], {
    ...{ PORT: '0', METRICS_PORT: '0', DATA_DIR: directory.path, TICKET_TTL_SECONDS: '10' },
    ...LENIENT,
    ...{ FRONTEND_ORIGINS: FRONTEND, TRUSTED_PROXIES: '127.0.0.1' },
    ...{ JWT_ISSUER: users.issuer, JWT_AUDIENCE: users.audience, JWT_JWKS_URL: users.jwksUrl },
  });
  closers.add('standalone', async () => {
    program.process.kill('SIGTERM');
    await program.ended;
  });
  const { url, metricsUrl } = JSON.parse((await program.printed(LISTENING))[0]);
  const alertmanager = await startAlertmanager(join(root, 'observability/alertmanager/alertmanager.yml'));
  closers.add('alertmanager', alertmanager.stop);
  const rules = join(root, 'observability/alerts');
  const prometheus = await startPrometheus({
    targets: { standalone: [new URL(metricsUrl).host] },
    rules: readdirSync(rules).map((file) => join(rules, file)),
    alertmanagers: [`${alertmanager.host}:${alertmanager.port}`],
  });
  closers.add('prometheus', prometheus.stop);
  return {
    stack: { tickets: url, edges: [url.replace('http:', 'ws:')], users },
    urls: [
      'Admit One with visitors and incidents. Ctrl-C ends it.',
      '',
      `  Metrics        ${metricsUrl}`,
      `  Prometheus     ${prometheus.url}/alerts`,
      `  Alertmanager   ${alertmanager.url}`,
      `  Audit log      npx @admit-one/cli audit tail --url ${url} --data-dir ${directory.path}`,
      '',
    ].join('\n'),
  };
}

function say(text: string): void {
  process.stdout.write(`${new Date().toISOString().slice(11, 19)}  ${text}\n`);
}
