import { createMemoryBus, createMemoryStore } from '@admit-one/adapter-memory';
import type { TicketConfig } from '@admit-one/config';
import {
  type Bus,
  type ControlStore,
  type Delivery,
  newId,
  type Outbox,
  type ReceivedEvent,
  type TicketStore,
} from '@admit-one/core';
import { generateSigningKey, type LogoutRule } from '@admit-one/identity';
import {
  addHealthRoutes,
  createClosers,
  createDependencies,
  createHttpServer,
  createLogger,
  createOriginPolicy,
  createReadiness,
  createTelemetry,
  listen,
} from '@admit-one/runtime';
import {
  type CapturedLogs,
  captureLogs,
  type IdentityProvider,
  startIdentityProvider,
} from '@admit-one/testkit';
import { controlSubjects } from '@admit-one/ticket-client';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { startTicketService, type TicketService } from './service.ts';

export const FRONTEND = 'https://app.example.com';

const none = Number.POSITIVE_INFINITY;

export const UNLIMITED: TicketConfig['limits'] = {
  ticketsPerSession: none,
  ticketsPerUser: none,
  failedTokens: none,
  anonymousSessions: none,
};

export const DEFAULT_POLICY: TicketConfig['policy'] = {
  ttlSeconds: 30,
  ttlRules: [],
  bindsOrigin: false,
  bindsAddress: false,
  requirements: new Map(),
};

/** A ticket-service on the embedded engines, its HTTP server, and an identity provider that it trusts. */
export interface Fixture {
  readonly instance: string;
  readonly url: string;
  /** The port that proxies ask at. */
  readonly verifyUrl: string;
  readonly app: FastifyInstance;
  readonly service: TicketService;
  readonly store: TicketStore;
  readonly outbox: Outbox;
  readonly control: ControlStore;
  readonly bus: Bus;
  readonly provider: IdentityProvider;
  /** The operators' issuer. */
  readonly operators: IdentityProvider;
  readonly logs: CapturedLogs;
  /** The events on the stream so far. */
  readonly events: readonly ReceivedEvent[];
  metrics(): Promise<string>;
  /** Asks for a ticket. */
  ask(token?: string, init?: RequestInit): Promise<Response>;
  /** Has an operator decide or undo something, by the admin API. */
  decide(method: 'POST' | 'DELETE', path: string, body?: object): Promise<{ readonly id: string }>;
  stop(): Promise<void>;
}

export interface FixtureOptions {
  readonly config?: Partial<TicketConfig>;
  /** Claims that become attributes of principals. */
  readonly attributes?: readonly string[];
  /** How logout tokens of the provider differ from its others. */
  readonly logout?: LogoutRule;
  readonly softBound?: number;
  readonly maxStreamBytes?: number;
  /** In place of the memory store's outbox. */
  readonly outboxOf?: (outbox: Outbox) => Outbox;
  /** The keys of the issuers are fetched. By default they are given: a fetch takes too long now and then. */
  readonly fetchesKeys?: boolean;
}

export async function startFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const { config = {}, logout, attributes = [], softBound = 4_000, maxStreamBytes = 1_000_000 } = options;
  const keysOf = ({ jwksUrl, jwks }: IdentityProvider) => (options.fetchesKeys ? { jwksUrl } : { jwks });
  const closers = createClosers();
  const instance = newId();
  const logs = captureLogs();
  const events: ReceivedEvent[] = [];
  const log = createLogger({ level: 'debug', service: 'ticket-service', instance, destination: logs });
  const telemetry = createTelemetry({ service: 'ticket-service', instance });
  closers.add('telemetry', () => telemetry.close());
  const dependencies = createDependencies({ log, meter: telemetry.meter });
  closers.add('dependencies', dependencies.close);
  const provider = await startIdentityProvider();
  closers.add('provider', () => provider.close());
  const operators = await startIdentityProvider({ audience: 'admit-one-audit' });
  closers.add('operators', () => operators.close());
  const { store, outbox: memoryOutbox, control, usage } = createMemoryStore({ source: instance, softBound });
  const outbox = options.outboxOf?.(memoryOutbox) ?? memoryOutbox;
  closers.add('store', () => store.close());
  const bus = createMemoryBus({ onError: (error) => log.error({ err: error }, 'bus_error'), maxStreamBytes });
  closers.add('bus', () => bus.close());
  const consumer = await bus.events.consume('test', async (deliveries) => {
    events.push(...deliveries.flatMap(eventsOf));
  });
  closers.add('consumer', () => consumer.stop());

  // No audit log: nothing was decided before.
  const history = await bus.requests.serve(controlSubjects.history, async () => ({
    entries: [],
    next: null,
  }));
  closers.add('history', () => history.stop());

  const { issuer, audience } = provider;
  const principals = {
    sessionClaims: ['sessionId', 'sid'],
    sessionPolicy: 'derive' as const,
    userClaim: 'sub',
    attributeClaims: attributes,
  };
  const origins = createOriginPolicy({ allowed: [FRONTEND], loopback: false });
  const service = await startTicketService(
    {
      policy: DEFAULT_POLICY,
      limits: UNLIMITED,
      issuers: [
        {
          alias: 'main',
          issuer,
          audiences: [audience],
          keys: keysOf(provider),
          principals,
          ...(logout && { logout }),
        },
      ],
      maxTokenBytes: 16_384,
      operators: {
        issuers: [
          {
            alias: 'operators',
            issuer: operators.issuer,
            audiences: [operators.audience],
            keys: keysOf(operators),
          },
        ],
        maxTokenBytes: 16_384,
        scopeRules: [],
        tokenHeader: 'authorization',
        proxy: null,
        breakGlass: null,
      },
      revocationRetentionMs: 60_000,
      closesOnReplay: false,
      jwtPathway: null,
      anonymous: { key: generateSigningKey(), tokenSeconds: 600 },
      verify: {
        requireOrigin: false,
        carriers: ['subprotocol', 'query'],
        routes: [{ prefix: '/ws', route: null }],
      },
      ...config,
    },
    { instance, store, outbox, control, usage, bus, log, telemetry, dependencies, origins },
  );
  closers.add('service', () => service.stop());
  async function serve(routes: FastifyPluginAsync, trustedProxies: readonly string[]) {
    const server = await createHttpServer({
      log,
      telemetry,
      dependencies,
      origins,
      trustedProxies,
      title: 'test',
      version: '0',
    });
    closers.add('http', () => server.close());
    await server.register(routes);
    addHealthRoutes(server, createReadiness(service.readiness, { dependencies, redact: String }));
    await server.ready();
    const port = await listen(server.server, { port: 0, host: '127.0.0.1', variable: 'PORT' });
    return { app: server, url: `http://127.0.0.1:${port}` };
  }
  const { app, url } = await serve(service.routes, []);
  const { url: verifyUrl } = await serve(service.verifyRoutes, ['127.0.0.1']);
  const metricsServer = await telemetry.serveMetrics(0, '127.0.0.1');
  const metricsAddress = metricsServer.address() as { port: number };

  return {
    instance,
    url,
    verifyUrl,
    app,
    service,
    store,
    outbox,
    control,
    bus,
    provider,
    operators,
    logs,
    events,
    metrics: async () => (await fetch(`http://127.0.0.1:${metricsAddress.port}/metrics`)).text(),
    ask: (token, init = {}) =>
      fetch(`${url}/api/websocket/ticket`, {
        method: 'POST',
        ...init,
        headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...init.headers },
      }),
    async decide(method, path, body) {
      const token = await operators.token({ sub: 'ann', scope: 'tickets:revoke' });
      const response = await fetch(`${url}/api/v1/admin/${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body && { 'content-type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify({ reason: 'test', ...body }) }),
      });
      if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as { readonly id: string };
    },
    stop: () => closers.close(),
  };
}

function eventsOf({ body }: Delivery): ReceivedEvent[] {
  return JSON.parse(Buffer.from(body).toString()) as ReceivedEvent[];
}
