import { createClosers } from '@admit-one/runtime';
import { eventually } from '@admit-one/testkit';
import { type Engines, startEngines } from '../../stack/engines.ts';
import type { Variables } from '../../stack/stack.ts';
import type { Contestant, ContestantId, Setting } from './contestant.ts';
import { type Service, startService } from './services.ts';

/** Admit One at work: its services and what they run on. */
export type AdmitOne = Contestant & {
  readonly engines: Engines;
  readonly edge: Service;
};

/** What the audit log says of one admission. */
const STORY = [
  'admit.ticket.issued',
  'admit.ticket.reserved',
  'admit.ticket.consumed',
  'admit.connection.closed',
] as const;

const SETTLED_WITHIN_MS = 60_000;

export interface AdmitOneOptions {
  readonly id?: ContestantId;
  /** In the environment of each service. */
  readonly variables?: Variables;
}

/** Starts the three services on their own engines, with one echo route by default. */
export async function startAdmitOne(
  setting: Setting,
  { id = 'd-echo', variables = {} }: AdmitOneOptions = {},
): Promise<AdmitOne> {
  const closers = createClosers();
  const engines = await startEngines();
  closers.add('engines', engines.stop);

  async function start(name: Parameters<typeof startService>[0]): Promise<Service> {
    const service = await startService(name, engines, setting, variables);
    closers.add(name, service.stop);
    return service;
  }

  try {
    const audit = await start('audit-service');
    const tickets = await start('ticket-service');
    const edge = await start('ws-edge');
    let audited = 0;
    return {
      id,
      endpoint: { credential: 'ticket', port: edge.port, ticketPort: tickets.port },
      engines,
      edge,
      processes: [
        { name: 'ticket-service', pid: tickets.pid, inTotal: true },
        { name: 'ws-edge', pid: edge.pid, inTotal: true },
        { name: 'redis', pid: engines.redis.pid, inTotal: true },
        { name: 'nats', pid: engines.nats.pid, inTotal: true },
        { name: 'audit-service', pid: audit.pid, inTotal: false },
        { name: 'postgres', pid: engines.postgres.pid, inTotal: false },
      ],
      async settled(admissions) {
        audited += admissions;
        await wholeStoriesIn(audit, audited);
      },
      stop: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** Resolves when every event of so many admissions is in the audit log. @throws {Error} where one does not come */
async function wholeStoriesIn({ metricsUrl }: Service, admissions: number): Promise<void> {
  await eventually(
    async () => {
      const metrics = await (await fetch(metricsUrl)).text();
      const missing = STORY.filter((type) => totalOf(metrics, type) < admissions);
      if (missing.length > 0) throw new Error(`there are fewer than ${admissions} of ${missing.join(', ')}`);
    },
    { what: 'the whole audit log', timeoutMs: SETTLED_WITHIN_MS, everyMs: 50 },
  );
}

function totalOf(metrics: string, type: string): number {
  const [, total] =
    new RegExp(`^admit_events_total\\{type="${type}",reason=""\\} (\\d+)`, 'm').exec(metrics) ?? [];
  return Number(total ?? 0);
}
