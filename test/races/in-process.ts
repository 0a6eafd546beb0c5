import { setImmediate as turn } from 'node:timers/promises';
import { createMemoryBus, createMemoryStore } from '@admit-one/adapter-memory';
import {
  edgeConfigOf,
  readTicketServiceVariables,
  readWsEdgeVariables,
  ticketConfigOf,
} from '@admit-one/config';
import {
  execute,
  newId,
  newTicket,
  proofOf,
  type RequestReply,
  type TicketStore,
  ticketIdOf,
} from '@admit-one/core';
import { startHost } from '@admit-one/runtime';
import { nowhere, samplePrincipal } from '@admit-one/testkit';
import { controlSubjects } from '@admit-one/ticket-client';
import { startTicketService } from '@admit-one/ticket-service';
import { startEdge } from '@admit-one/ws-edge';
import type { Broken } from '../model/properties/broken-stores.ts';
import { FRONTEND } from '../stack/stack.ts';
import type { IssuedTicket } from './load-generator.ts';
import type { Edges } from './presenting.ts';

/** A ticket-service and an edge in this process, composed here, so that they can be composed wrongly. */
export interface InProcess extends Edges {
  issue(): Promise<IssuedTicket>;
  stop(): Promise<void>;
}

export interface Composition {
  /** What the store does otherwise than a store does. */
  readonly store?: Broken;
  /** What the edge has for a link to the ticket-service. */
  readonly requests?: (requests: RequestReply) => RequestReply;
}

const common = {
  ...{ PORT: '0', METRICS_PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent' },
  ...{ NATS_URL: 'nats://unused.invalid', FRONTEND_ORIGINS: FRONTEND },
};
const ticketEnvironment = {
  ...common,
  REDIS_URL: 'redis://unused.invalid',
  JWT_ISSUER: 'https://unused.invalid',
  JWT_AUDIENCE: 'unused',
  ...{ TICKETS_PER_SESSION_PER_MINUTE: '0', TICKETS_PER_USER_PER_MINUTE: '0' },
};
const edgeEnvironment = {
  ...{ ...common, ROUTES: 'default=echo,echo=echo', DRAIN_SECONDS: '0' },
  ...{ MAX_CONNECTIONS_PER_SESSION: '0', MAX_CONNECTIONS_PER_USER: '0', FAILED_UPGRADES_PER_MINUTE: '0' },
};

export async function startInProcess({
  store: broken = () => ({}),
  requests: link = (requests) => requests,
}: Composition = {}): Promise<InProcess> {
  const { store: sound, outbox, control, usage } = createMemoryStore({ source: 'store' });
  const store = takingTurns(sound);
  const variables = readWsEdgeVariables(edgeEnvironment);
  const host = await startHost({ service: 'races', title: 'races', variables }, async (context) => {
    const bus = createMemoryBus({ onError: (err) => context.log.error({ err }, 'bus_error') });
    context.closers.add('bus', () => bus.close());
    await bus.requests.serve(controlSubjects.history, async () => ({ entries: [], next: null }));
    const tickets = await startTicketService(ticketConfigOf(readTicketServiceVariables(ticketEnvironment)), {
      ...context,
      ...context.identify('ticket-service'),
      store: { ...store, ...broken(store) },
      outbox,
      control,
      usage,
      bus,
    });
    context.closers.add('ticket-service', tickets.stop);
    const edge = await startEdge(edgeConfigOf(variables), {
      ...context,
      ...context.identify('ws-edge'),
      bus: { ...bus, connected: true, requests: link(bus.requests) },
    });
    context.closers.add('ws-edge', edge.stop);
    return { ...edge, routes: [edge.routes] };
  });

  return {
    edges: [host.url.replace('http://localhost', 'ws://127.0.0.1')],
    issue: () => issue(sound),
    stop: host.stop,
  };
}

/** As over a network, others have their turn before an answer is there. */
function takingTurns(store: TicketStore): TicketStore {
  return {
    ...store,
    load: (ticketId) => turn().then(() => store.load(ticketId)),
    append: (append) => turn().then(() => store.append(append)),
  };
}

async function issue(store: TicketStore): Promise<IssuedTicket> {
  const ticket = newTicket();
  const ticketId = ticketIdOf(proofOf(ticket));
  await execute(
    ticketId,
    {
      ...{ type: 'issue', id: newId(), principal: samplePrincipal(), route: null, ttlMs: 30_000 },
      ...{ context: nowhere, deadline: Number.MAX_SAFE_INTEGER },
    },
    { store, source: 'test' },
  );
  return { ticket, ticketId };
}
