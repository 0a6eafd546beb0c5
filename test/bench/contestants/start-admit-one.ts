import { createClosers } from '@admit-one/runtime';
import { type Engines, startEngines } from '../../stack/engines.ts';
import type { Variables } from '../../stack/stack.ts';
import type { Contestant, ContestantId, Setting } from './contestant.ts';
import { type Service, startService } from './services.ts';
import { wholeStoriesIn } from './whole-stories.ts';

/** Admit One at work: its services and what they run on. */
export type AdmitOne = Contestant & {
  readonly engines: Engines;
  readonly edge: Service;
};

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
        await wholeStoriesIn(audit.metricsUrl, audited);
      },
      stop: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}
