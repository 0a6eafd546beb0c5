import type { IncomingMessage } from 'node:http';
import { createMemoryBus, createMemoryStore } from '@admit-one/adapter-memory';
import type { EdgeConfig } from '@admit-one/config';
import { type Bus, type EventType, newId, proofOf, type ReceivedEvent, startRelay } from '@admit-one/core';
import {
  addHealthRoutes,
  createClientAddress,
  createClosers,
  createDependencies,
  createHttpServer,
  createLogger,
  createOriginPolicy,
  createReadiness,
  createTelemetry,
  listen,
  portOf,
} from '@admit-one/runtime';
import { type CapturedLogs, captureLogs } from '@admit-one/testkit';
import { onTestFinished } from 'vitest';
import { type Edge, startEdge } from './service.ts';
import { answerTickets, type TicketAnswers } from './ticket-answers.fixture.ts';

export const FRONTEND = 'https://app.example.com';

/** An edge on the embedded engines, on a real HTTP server. */
export interface EdgeFixture {
  readonly edge: Edge;
  readonly instance: string;
  /** `ws://127.0.0.1:<port>` */
  readonly url: string;
  readonly bus: Bus;
  readonly tickets: TicketAnswers;
  readonly logs: CapturedLogs;
  /** The events on the stream so far, the tickets' and the edge's. */
  events(...types: readonly EventType[]): readonly ReceivedEvent[];
  metrics(): Promise<string>;
  /** Asks the server something, by when it has seen what clients did before. */
  roundTrip(): Promise<unknown>;
  /** A URL with a new ticket in its query. */
  ticketUrl(path?: string, options?: Parameters<TicketAnswers['issue']>[0]): Promise<string>;
}

const defaults: EdgeConfig = {
  requireOrigin: false,
  carriers: ['subprotocol', 'query'],
  acceptsJwt: false,
  routes: new Map([
    ['default', 'echo'],
    ['chat', 'bridge'],
    ['games', 'bridge'],
  ]),
  proxy: null,
  maxStalenessMs: new Map(),
  expiry: new Map(),
  expiryGraceMs: 0,
  handshakeMs: 6_000,
  heartbeatMs: 25_000,
  lifetimeMs: 3_600_000,
  maxConnections: 100,
  maxConnectionsPerSession: Number.POSITIVE_INFINITY,
  maxConnectionsPerUser: Number.POSITIVE_INFINITY,
  failedUpgradesPerMinute: Number.POSITIVE_INFINITY,
  maxHandshakes: 100,
  maxMessageBytes: 65_536,
  maxBufferedBytes: 1_048_576,
  maxTotalBufferedBytes: 268_435_456,
  maxMessagesPerSecond: 500,
  maxBytesPerSecond: 524_288,
  drainMs: 0,
  closeMs: 200,
};

/**
 * Starts an edge that is stopped at the end of the test, which fails if a ticket or a proof was in a log line or event.
 * @param onUpgrade sees each upgrade request before the edge does
 */
export async function startEdgeFixture(
  config: Partial<EdgeConfig> = {},
  onUpgrade: (request: IncomingMessage) => void = () => {},
): Promise<EdgeFixture> {
  const closers = createClosers();
  const instance = newId();
  const logs = captureLogs();
  const events: ReceivedEvent[] = [];
  const secrets: string[] = [];
  const log = createLogger({ level: 'debug', service: 'ws-edge', instance, destination: logs });
  const telemetry = createTelemetry({ service: 'ws-edge', instance });
  closers.add('telemetry', () => telemetry.close());
  const dependencies = createDependencies({ log, meter: telemetry.meter });
  closers.add('dependencies', dependencies.close);
  const { store, outbox } = createMemoryStore({ source: 'store' });
  closers.add('store', () => store.close());
  const bus = createMemoryBus({ onError: () => {} });
  closers.add('bus', () => bus.close());
  await bus.events.consume('test', async (deliveries) => {
    for (const { body } of deliveries) events.push(...JSON.parse(Buffer.from(body).toString()));
  });
  const relay = startRelay({
    outbox,
    events: bus.events,
    owner: 'relay',
    onError: () => {},
    onTooBig: () => {},
  });
  closers.add('relay', () => relay.stop());
  const answers = await answerTickets(bus, store);
  const tickets: TicketAnswers = {
    ...answers,
    async issue(options) {
      const issued = await answers.issue(options);
      secrets.push(issued.ticket, proofOf(issued.ticket));
      return issued;
    },
  };

  const origins = createOriginPolicy({
    allowed: [FRONTEND, 'https://*.preview.example.com', 'capacitor://localhost'],
    loopback: false,
  });
  const http = await createHttpServer({
    log,
    telemetry,
    dependencies,
    origins,
    trustedProxies: [],
    title: 'test',
    version: '0',
  });
  closers.add('http', () => http.close());
  const edge = await startEdge(
    { ...defaults, ...config },
    {
      instance,
      bus,
      log,
      telemetry,
      dependencies,
      origins,
      clientAddress: createClientAddress(['127.0.0.1']),
    },
  );
  closers.add('edge', () => edge.stop());
  await http.register(edge.routes);
  addHealthRoutes(http, createReadiness(edge.readiness, { dependencies, redact: String }));
  await http.ready();
  http.server.on('upgrade', onUpgrade);
  http.server.on('upgrade', edge.handleUpgrade);
  const port = await listen(http.server, { port: 0, host: '127.0.0.1', variable: 'PORT' });
  const metrics = await telemetry.serveMetrics(0, '127.0.0.1');
  const url = `ws://127.0.0.1:${port}`;

  onTestFinished(async () => {
    const { connected } = bus;
    await closers.close().catch((error: unknown) => {
      if (connected) throw error;
    });
    const written = logs.text + JSON.stringify(events);
    if (secrets.some((secret) => written.includes(secret)))
      throw new Error('a ticket was in the logs or events');
  });

  return {
    edge,
    instance,
    url,
    bus,
    tickets,
    logs,
    events: (...types) => events.filter(({ type }) => types.includes(type)),
    metrics: async () => (await fetch(`http://127.0.0.1:${portOf(metrics)}/metrics`)).text(),
    roundTrip: () => fetch(`http://127.0.0.1:${port}/healthz`),
    async ticketUrl(path = '/ws', options = {}) {
      const { ticket } = await tickets.issue(options);
      return `${url}${path}?ticket=${ticket}`;
    },
  };
}
