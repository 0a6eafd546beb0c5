import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openAuditLog, openPostgres, type Sql } from '@admit-one/adapter-postgres';
import { generateSigningKey } from '@admit-one/identity';
import { createClosers } from '@admit-one/runtime';
import { type Engine, eventually, findProgram, startPrometheus, within } from '@admit-one/testkit';
import { runProgram } from '../stack/program.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { FRONTEND } from '../stack/stack.ts';
import { askPrometheus } from './answers.ts';
import type { Shown } from './expand.ts';
import { startVisitors, type Visit, visits } from './visitors.ts';

/** The services on real engines, with a Prometheus that scrapes them, and the database as dashboards read it. */
export interface ObservedStack {
  readonly stack: ServicesStack;
  readonly prometheus: Engine;
  readonly dashboardRole: Sql;
  stop(): Promise<void>;
}

const ROLE_SCRIPT = join(import.meta.dirname, '..', '..', 'deploy', 'postgres', 'dashboard-role.sql');
const TTL_SECONDS = 5;
const SHOWN_SECONDS = 15;

export async function startObservedStack(): Promise<ObservedStack> {
  const closers = createClosers();
  try {
    const stack = await startServices({
      variables: {
        TICKET_TTL_SECONDS: `${TTL_SECONDS}`,
        ROUTES: 'default=echo,echo=echo,bridge=bridge,down=proxy:ws://127.0.0.1:1/',
        PROXY_SIGNING_KEY: JSON.stringify(generateSigningKey()),
      },
    });
    closers.add('stack', stack.stop);
    const addresses = (services: readonly { readonly metricsUrl: string }[]) =>
      services.map(({ metricsUrl }) => new URL(metricsUrl).host);
    const probe = await startProbe(stack);
    closers.add('probe', probe.stop);
    const prometheus = await startPrometheus({
      targets: {
        'ticket-service': addresses(stack.ticketServices),
        'ws-edge': addresses(stack.edgeServices),
        'audit-service': addresses([stack.auditService]),
        probe: addresses([probe]),
      },
    });
    closers.add('prometheus', prometheus.stop);
    await maintain(stack);
    const dashboardRole = await openDashboardRole(stack);
    closers.add('database', dashboardRole.close);
    return { stack, prometheus, dashboardRole, stop: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function openDashboardRole(stack: ServicesStack): Promise<Sql> {
  const { DATABASE_URL: url = '' } = stack.variables['audit-service'];
  await promisify(execFile)(findProgram('psql'), [url, '-q', '-v', 'password=secret', '-f', ROLE_SCRIPT], {
    env: {},
  });
  const asRole = url.replace('postgres@', 'admit_dashboard:secret@');
  return openPostgres({ url: asRole, applicationName: 'grafana', onError: () => {} });
}

/** `admit probe`, once a second. */
async function startProbe({ tickets, edges: [edge = ''] }: ServicesStack) {
  const program = runProgram(
    'libs/cli/dist/main.js',
    [
      ...['probe', '--url', tickets, '--ws-url', edge.replace('ws:', 'http:'), '--route', 'echo'],
      ...['--origin', FRONTEND, '--interval', '1', '--metrics-port', '0'],
    ],
    {},
  );
  async function stop(): Promise<void> {
    program.process.kill('SIGINT');
    await program.ended;
  }
  try {
    const metricsUrl = await eventually(
      async () => {
        const [, url] = /metrics at (\S+)/.exec(program.stderr() + program.stdout()) ?? [];
        if (url === undefined) throw new Error(program.stderr());
        return url;
      },
      { what: 'the metrics of the probe' },
    );
    return { metricsUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What the audit-service does every minute. */
async function maintain(stack: ServicesStack): Promise<void> {
  const { DATABASE_URL: url = '' } = stack.variables['audit-service'];
  const log = await openAuditLog(openPostgres({ url, applicationName: 'test', onError: () => {} }));
  await log.maintain({ days: 30, maxBytes: null }, Date.now());
  await log.close();
}

/** What happens until every metric has something to show; resolves with the time in which it did. */
export async function tellStory({ stack, prometheus }: ObservedStack): Promise<Shown> {
  await failToFetchKeys(stack);
  await sendGarbage(stack);
  const visitors = startVisitors(stack, Object.keys(visits) as Visit[], 20);
  try {
    const enough = SHOWN_SECONDS + 10;
    await reach(prometheus, `min(count_over_time(up[${enough}s])) > ${enough - 5}`);
    await reach(prometheus, 'min(rate(admit_tickets_unused_total{pathway="ticket"}[6s])) > 0');
    await reach(prometheus, 'max(admit_rejections_largest_prefix) > 0');
    await refuseTickets(stack);
    await reach(prometheus, 'sum(rate(admit_rejections_total{fault="infrastructure"}[6s] offset 3s)) > 0');
    const to = Math.floor(Date.now() / 1000) * 1000;
    return { from: to - SHOWN_SECONDS * 1000, to, stepSeconds: 2, scrapeSeconds: 1 };
  } finally {
    await visitors.stop();
  }
}

/** Waits until a query has an answer. */
function reach({ url }: Engine, query: string): Promise<void> {
  const path = `query?${new URLSearchParams({ query })}`;
  return eventually(
    async () => {
      if ((await askPrometheus<readonly unknown[]>(url, path)).length === 0) throw new Error('not yet');
    },
    { what: query, everyMs: 500 },
  );
}

/** The store does not answer for longer than the services wait. */
async function refuseTickets({ engines: { redis }, users, tickets }: ServicesStack): Promise<void> {
  await redis.pause();
  const headers = { authorization: `Bearer ${await users.token()}` };
  await fetch(`${tickets}/api/websocket/ticket`, { method: 'POST', headers });
  await redis.resume();
}

/** A token has a key that is unknown, and the issuer is down. */
async function failToFetchKeys({ users, tickets }: ServicesStack): Promise<void> {
  await users.rotate({ keepOld: true });
  users.behave('down');
  const headers = { authorization: `Bearer ${await users.token()}` };
  await fetch(`${tickets}/api/websocket/ticket`, { method: 'POST', headers });
  users.behave('up');
  await eventually(
    async () => {
      const fresh = { authorization: `Bearer ${await users.token()}` };
      const { status } = await fetch(`${tickets}/api/websocket/ticket`, { method: 'POST', headers: fresh });
      if (status !== 200) throw new Error(`${status}`);
    },
    { what: 'the keys to be fetched again', everyMs: 500 },
  );
}

async function sendGarbage({ edges: [edge = ''] }: ServicesStack): Promise<void> {
  const { hostname, port } = new URL(edge);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {}).resume();
  socket.end('no HTTP\r\n\r\n');
  await within(once(socket, 'close'), 'the end of the connection');
}
