import { type FaultProxy, startFaultProxy } from '@admit-one/testkit';
import type { ServiceProcess } from '../stack/service-process.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';

/** The edges by their place in the stack. */
export const HEALTHY = 0;
export const SICK = 1;

/** A stack whose second edge has a link to the bus that breaks on demand. */
export interface SickEdge {
  readonly stack: ServicesStack;
  readonly edge: ServiceProcess;
  readonly link: FaultProxy;
  stop(): Promise<void>;
}

export async function startSickEdge(): Promise<SickEdge> {
  let link: FaultProxy | undefined;
  const stack = await startServices({
    // Leases end and tickets are presented again, on a busy machine too, before a ticket expires.
    variables: { TICKET_TTL_SECONDS: '300' },
    async otherEdgeNatsUrl(nats) {
      link = await startFaultProxy(nats);
      return link.url(nats.url);
    },
  });
  const edge = stack.edgeServices[SICK];
  if (!link || !edge) throw new Error('the stack has no second edge');
  const { close } = link;
  return {
    stack,
    edge,
    link,
    async stop() {
      await stack.stop();
      await close();
    },
  };
}
