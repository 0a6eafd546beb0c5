import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openPostgres, type Sql } from '@admit-one/adapter-postgres';
import { createClosers } from '@admit-one/runtime';
import { type Engine, eventually, findProgram, startPrometheus } from '@admit-one/testkit';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { askPrometheus } from './answers.ts';
import type { Shown } from './expand.ts';
import { startVisitors } from './visitors.ts';

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
      variables: { TICKET_TTL_SECONDS: `${TTL_SECONDS}` },
    });
    closers.add('stack', stack.stop);
    const addresses = (services: readonly { readonly metricsUrl: string }[]) =>
      services.map(({ metricsUrl }) => new URL(metricsUrl).host);
    const prometheus = await startPrometheus({
      targets: {
        'ticket-service': addresses(stack.ticketServices),
        'ws-edge': addresses(stack.edgeServices),
        'audit-service': addresses([stack.auditService]),
      },
    });
    closers.add('prometheus', prometheus.stop);
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

/** What happens until every metric has something to show; resolves with the time in which it did. */
export async function tellStory({ stack, prometheus }: ObservedStack): Promise<Shown> {
  await failToFetchKeys(stack);
  await sendGarbage(stack);
  const visitors = startVisitors(
    stack,
    [
      'usual',
      'cutOff',
      'changesMind',
      'reuses',
      'comesFromForgottenPage',
      'replays',
      'guesses',
      'hasOldToken',
    ],
    20,
  );
  try {
    for (const reached of [
      `min(count_over_time(up[${SHOWN_SECONDS + 10}s])) > ${SHOWN_SECONDS + 5}`,
      'min(rate(admit_tickets_unused_total{pathway="ticket"}[6s])) > 0',
      'sum(rate(admit_audit_stored_events_total[6s])) > 0',
      'max(admit_rejections_largest_prefix) > 0',
    ])
      await eventually(
        async () => {
          const search = new URLSearchParams({ query: reached });
          const result = await askPrometheus<readonly unknown[]>(prometheus.url, `query?${search}`);
          if (result.length === 0) throw new Error(reached);
        },
        { what: reached, timeoutMs: 60_000, everyMs: 500 },
      );
    const to = Math.floor(Date.now() / 1000) * 1000;
    return { from: to - SHOWN_SECONDS * 1000, to, stepSeconds: 2, scrapeSeconds: 1 };
  } finally {
    await visitors.stop();
  }
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
    { what: 'the keys to be fetched again', timeoutMs: 60_000, everyMs: 500 },
  );
}

async function sendGarbage({ edges: [edge = ''] }: ServicesStack): Promise<void> {
  const { hostname, port } = new URL(edge);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {}).resume();
  socket.end('no HTTP\r\n\r\n');
  await new Promise((resolve) => socket.once('close', resolve));
}
