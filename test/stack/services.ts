import { openNatsBus } from '@admit-one/adapter-nats';
import { openPostgres } from '@admit-one/adapter-postgres';
import type { Bus } from '@admit-one/core';
import { generateSigningKey } from '@admit-one/identity';
import {
  eventually,
  type IdentityProvider,
  type NatsEngine,
  type RedisEngine,
  startIdentityProvider,
} from '@admit-one/testkit';
import { type Engines, startEngines } from './engines.ts';
import { dumpTables } from './rows.ts';
import { type ServiceName, type ServiceProcess, startService } from './service-process.ts';
import { FRONTEND, type Stack, type Variables } from './stack.ts';

/** The stack as it runs in production: every service its own process, on real engines. */
export interface ServicesStack extends Stack {
  readonly engines: Engines;
  /** Two of them; `tickets` is the first. */
  readonly ticketServices: readonly ServiceProcess[];
  /** Two of them. */
  readonly edgeServices: readonly ServiceProcess[];
  readonly auditService: ServiceProcess;
  /** What its services were started with, for another one of their kind. */
  readonly variables: Readonly<Record<ServiceName, Variables>>;
}

export interface ServicesOptions {
  readonly variables?: Variables;
  /** Lines of Redis' configuration. */
  readonly redis?: Readonly<Record<string, string>>;
  /** What the ticket-services reach Redis by, where it is not Redis itself. */
  readonly redisUrl?: (redis: RedisEngine) => Promise<string>;
  /** What the services reach NATS by, where it is not NATS itself. */
  readonly natsUrl?: (nats: NatsEngine) => Promise<string>;
  /** What the second edge reaches NATS by, where it is not what the others do. */
  readonly otherEdgeNatsUrl?: (nats: NatsEngine) => Promise<string>;
}

/** Starts engines, two ticket-services, two edges and an audit-service, and waits until all are ready. */
export async function startServices(options: ServicesOptions = {}): Promise<ServicesStack> {
  const { variables = {}, redis: redisConfig = {} } = options;
  const [engines, users, operators] = await Promise.all([
    startEngines(redisConfig),
    startIdentityProvider(),
    startIdentityProvider({ audience: 'admit-one-audit' }),
  ]);
  const { redis, nats, postgres } = engines;
  const databaseUrl = await postgres.createDatabase();
  const natsUrl = (await options.natsUrl?.(nats)) ?? nats.url;
  const otherEdgeNatsUrl = (await options.otherEdgeNatsUrl?.(nats)) ?? natsUrl;
  const redisUrl = (await options.redisUrl?.(redis)) ?? redis.url;
  const byService = variablesOf({ users, operators, natsUrl, redisUrl, databaseUrl }, variables);
  const edgeVariables = byService['ws-edge'];
  const [first, second, edge, otherEdge, audit] = await Promise.all([
    startService('ticket-service', byService['ticket-service']),
    startService('ticket-service', byService['ticket-service']),
    startService('ws-edge', edgeVariables),
    startService('ws-edge', { ...edgeVariables, NATS_URL: otherEdgeNatsUrl }),
    startService('audit-service', byService['audit-service']),
  ]);
  const services = [first, second, edge, otherEdge, audit];
  await Promise.all(services.map((service) => service.ready()));
  const bus = await openNatsBus({ url: nats.url, name: 'backend', onError: ignore, onWarning: ignore });
  await eventually(() => bus.connected, { what: 'the backend on the bus' });

  let stopping: Promise<void> | undefined;

  async function stopServices(): Promise<void> {
    for (const service of [edge, otherEdge, first, second, audit]) await service.stop();
  }

  async function stopEngines(): Promise<void> {
    await bus.close();
    await engines.stop();
    await Promise.all([users, operators].map((provider) => provider.close()));
  }

  return {
    engines,
    get tickets() {
      return first.url;
    },
    get audit() {
      return audit.url;
    },
    get edges() {
      return [edge, otherEdge].map(({ url }) => url.replace('http:', 'ws:'));
    },
    get metrics() {
      return services.map(({ metricsUrl }) => metricsUrl);
    },
    ticketServices: [first, second],
    edgeServices: [edge, otherEdge],
    auditService: audit,
    variables: byService,
    users,
    backend: bus.messages,
    requests: bus.requests,
    operatorToken: () => operators.token({ sub: 'operator', scope: 'audit:read' }),
    logs: () => services.map(({ logs }) => logs()).join('\n'),
    async stop() {
      stopping ??= stopServices().then(stopEngines);
      await stopping;
    },
    async stopAndRead() {
      await stopServices();
      const atRest = [await keysAndValues(redis), await messages(bus), await rowsOf(databaseUrl)].join('\n');
      stopping = stopEngines();
      await stopping;
      return atRest;
    },
  };
}

/** What the services reach, and who signs the tokens. */
export interface Surroundings {
  readonly users: IdentityProvider;
  readonly operators: IdentityProvider;
  readonly natsUrl: string;
  readonly redisUrl: string;
  readonly databaseUrl: string;
}

/** The environment of each service. @param more added to each of them */
export function variablesOf(
  { users, operators, natsUrl, redisUrl, databaseUrl }: Surroundings,
  more: Variables = {},
): Readonly<Record<ServiceName, Variables>> {
  const common = {
    ...{ PORT: '0', METRICS_PORT: '0', HOST: '127.0.0.1', NATS_URL: natsUrl },
    // The traces that tests name are continued, so that they can find what became of a request.
    ...{ FRONTEND_ORIGINS: FRONTEND, SHUTDOWN_SECONDS: '10', TRUSTED_PROXIES: '127.0.0.1' },
  };
  return {
    'ticket-service': {
      ...common,
      ...{ REDIS_URL: redisUrl, JWT_ISSUER: users.issuer, JWT_AUDIENCE: users.audience },
      ...{ JWT_JWKS_URL: users.jwksUrl, ANONYMOUS_SESSIONS: 'true' },
      ANONYMOUS_SIGNING_KEY: JSON.stringify(generateSigningKey()),
      ...more,
    },
    'ws-edge': {
      ...common,
      ...{ ROUTES: 'default=echo,echo=echo,bridge=bridge', DRAIN_SECONDS: '0' },
      ...more,
    },
    'audit-service': {
      ...common,
      ...{ DATABASE_URL: databaseUrl, OPERATOR_ISSUER: operators.issuer },
      OPERATOR_JWKS_URL: operators.jwksUrl,
      ...more,
    },
  };
}

/** The engines' own failures are what a test makes. */
function ignore(): void {}

async function keysAndValues(redis: RedisEngine): Promise<string> {
  const script = `local out = {}
    for _, key in ipairs(redis.call('KEYS', '*')) do
      out[#out + 1] = key
      local kind = redis.call('TYPE', key).ok
      local values = kind == 'string' and {redis.call('GET', key)}
        or kind == 'hash' and redis.call('HGETALL', key)
        or kind == 'list' and redis.call('LRANGE', key, 0, -1)
        or kind == 'zset' and redis.call('ZRANGE', key, 0, -1)
        or kind == 'set' and redis.call('SMEMBERS', key)
        or redis.call('XRANGE', key, '-', '+')
      for _, value in ipairs(values) do
        out[#out + 1] = type(value) == 'table' and cjson.encode(value) or value
      end
    end
    return out`;
  return redis.command('EVAL', script, '0');
}

async function messages(bus: Bus): Promise<string> {
  const found: string[] = [];
  const running = await bus.events.consume('reader-of-everything', async (deliveries) => {
    for (const { subject, body } of deliveries) found.push(`${subject} ${Buffer.from(body).toString()}`);
  });
  await eventually(() => found.some((message) => message.includes('admit.service.stopped')), {
    what: 'every message of the stream',
  });
  await running.stop();
  return found.join('\n');
}

async function rowsOf(databaseUrl: string): Promise<string> {
  const sql = await openPostgres({ url: databaseUrl, applicationName: 'reader', onError: ignore });
  const rows = await dumpTables(sql);
  await sql.close();
  return rows;
}
