import { createClosers } from '@admit-one/runtime';
import { type Engines, startEngines } from '../../stack/engines.ts';
import type { Variables } from '../../stack/stack.ts';
import type { Contestant, ContestantId, Counted, Setting } from './contestant.ts';
import { type Service, startService } from './services.ts';
import { streamBytes } from './stream-bytes.ts';
import { wholeStoriesIn } from './whole-stories.ts';

/** Admit One at work: its services and what they run on. */
export type AdmitOne = Contestant & {
  readonly engines: Engines;
  readonly ticketServices: readonly Service[];
  readonly edges: readonly Service[];
  readonly audit: Service;
};

/** A route that is bridged to NATS. */
export const BRIDGE: Variables = { ROUTES: 'default=bridge' };

export interface AdmitOneOptions {
  readonly id?: ContestantId;
  /** In the environment of each service. */
  readonly variables?: Variables;
  /** How many ticket-services, and as many edges. */
  readonly instances?: number;
}

/** Starts the three services on their own engines, with one echo route by default. */
export async function startAdmitOne(
  setting: Setting,
  { id = 'd-echo', variables = {}, instances = 1 }: AdmitOneOptions = {},
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
    const ticketServices: Service[] = [];
    const edges: Service[] = [];
    while (edges.length < instances) {
      ticketServices.push(await start('ticket-service'));
      edges.push(await start('ws-edge'));
    }
    const [endpoint, ...moreEndpoints] = edges.map(({ port }, n) => ({
      credential: 'ticket' as const,
      port,
      ticketPort: ticketServices[n]?.port ?? 0,
    }));
    if (!endpoint) throw new Error('there is no instance');
    let audited = 0;
    return {
      id,
      endpoint,
      moreEndpoints,
      engines,
      ticketServices,
      edges,
      audit,
      processes: [
        ...countedOf('ticket-service', ticketServices),
        ...countedOf('ws-edge', edges),
        { name: 'redis', pid: engines.redis.pid, inTotal: true },
        { name: 'nats', pid: engines.nats.pid, inTotal: true },
        { name: 'audit-service', pid: audit.pid, inTotal: false },
        { name: 'postgres', pid: engines.postgres.pid, inTotal: false },
      ],
      async settled(admissions) {
        audited += admissions;
        await wholeStoriesIn(audit.metricsUrl, audited);
      },
      streamBytes: () => streamBytes(engines.nats),
      stop: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** The first has the plain name, the others a number. */
function countedOf(name: string, services: readonly Service[]): readonly Counted[] {
  return services.map(({ pid }, n) => ({ name: n === 0 ? name : `${name} ${n + 1}`, pid, inTotal: true }));
}
