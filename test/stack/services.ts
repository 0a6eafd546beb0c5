import { maintainStream, openNatsBus, openNatsRequests } from '@admit-one/adapter-nats';
import { openPostgres } from '@admit-one/adapter-postgres';
import type { Delivery, RequestReply } from '@admit-one/core';
import { generateSigningKey } from '@admit-one/identity';
import {
  asRedisUser,
  asRole,
  eventually,
  type IdentityProvider,
  type NatsEngine,
  type NatsRole,
  type RedisEngine,
  startIdentityProvider,
} from '@admit-one/testkit';
import { type Engines, startEngines } from './engines.ts';
import { dumpTables } from './rows.ts';
import { type ServiceName, type ServiceProcess, startService } from './service-process.ts';
import { FRONTEND, LENIENT, PATIENT, type Stack, type Variables } from './stack.ts';
import { fetchKeys, untilAvailable } from './visitor.ts';

/** The stack as it runs in production: every service its own process, on real engines. */
export interface ServicesStack extends Stack {
  /** @param scope by default what most tests need */
  operatorToken(scope?: string): Promise<string>;
  readonly engines: Engines;
  /** Two of them; `tickets` is the first. */
  readonly ticketServices: readonly ServiceProcess[];
  /** Two of them. */
  readonly edgeServices: readonly ServiceProcess[];
  readonly auditService: ServiceProcess;
  /** What its services were started with, for another one of their kind. */
  readonly variables: Readonly<Record<ServiceName, Variables>>;
  /** The API of JetStream, as an operator's tool uses it. */
  readonly jetStreamApi: RequestReply;
}

export interface ServicesOptions {
  readonly variables?: Variables;
  /** Starts what the services run on, where that is not one engine of each kind. */
  readonly startEngines?: () => Promise<Engines>;
  /** Lines of Redis' configuration. */
  readonly redis?: Readonly<Record<string, string>>;
  /** What the ticket-services reach Redis by, where it is not Redis itself. */
  readonly redisUrl?: (redis: RedisEngine) => Promise<string>;
  /** What the services reach NATS by, where it is not NATS itself. */
  readonly natsUrl?: (nats: NatsEngine) => Promise<string>;
  /** What the second edge reaches NATS by, where it is not what the others do. */
  readonly otherEdgeNatsUrl?: (nats: NatsEngine) => Promise<string>;
  /** Starts each service, where they are not to be as built. */
  readonly start?: (name: ServiceName, variables: Variables) => Promise<ServiceProcess>;
}

/** Starts engines, two ticket-services, two edges and an audit-service, and waits until all are ready. */
export async function startServices(options: ServicesOptions = {}): Promise<ServicesStack> {
  const { variables = {}, redis: redisConfig = {}, start = startService } = options;
  const [engines, users, operators] = await Promise.all([
    (options.startEngines ?? (() => startEngines(redisConfig)))(),
    startIdentityProvider(),
    startIdentityProvider({ audience: 'admit-one-audit' }),
  ]);
  const { redis, nats, postgres } = engines;
  const databaseUrl = await postgres.createDatabase();
  const natsUrl = (await options.natsUrl?.(nats)) ?? nats.url;
  const otherEdgeNatsUrl = (await options.otherEdgeNatsUrl?.(nats)) ?? natsUrl;
  const redisUrl = (await options.redisUrl?.(redis)) ?? asRedisUser(redis.url, 'ticket-service');
  const byService = variablesOf({ users, operators, natsUrl, redisUrl, databaseUrl }, variables);
  const edgeVariables = byService['ws-edge'];
  const [first, second, edge, otherEdge, audit] = await Promise.all([
    start('ticket-service', byService['ticket-service']),
    start('ticket-service', byService['ticket-service']),
    start('ws-edge', edgeVariables),
    start('ws-edge', { ...edgeVariables, NATS_URL: asRole(otherEdgeNatsUrl, 'ws-edge') }),
    start('audit-service', byService['audit-service']),
  ]);
  const services = [first, second, edge, otherEdge, audit];
  await Promise.all(services.map((service) => service.ready()));
  const operatorToken = (scope = 'audit:read tickets:revoke connections:act') =>
    operators.token({ sub: 'operator', scope });
  const forOperators = [first, second].map(({ url }) => `${url}/api/v1/admin/revocations`);
  forOperators.push(`${audit.url}/api/v1/audit/session`);
  await Promise.all([
    ...[first, second].map(({ url }) => fetchKeys({ tickets: url, users })),
    // Those of the operators' issuer, by routes of which no event tells either.
    ...forOperators.map((url) =>
      untilAvailable(async () =>
        fetch(url, { headers: { authorization: `Bearer ${await operatorToken()}` } }),
      ),
    ),
  ]);
  const clients = await openClients(nats.url);

  let stopping: Promise<void> | undefined;

  async function stopServices(): Promise<void> {
    for (const service of [edge, otherEdge, first, second, audit]) await service.stop();
  }

  async function stopEngines(): Promise<void> {
    await clients.close();
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
    backend: clients.backend.messages,
    backendRequests: clients.backend.requests,
    requests: clients.gate.requests,
    jetStreamApi: clients.operator.requests,
    operatorToken,
    logs: () => services.map(({ logs }) => logs()).join('\n'),
    async stop() {
      stopping ??= stopServices().then(stopEngines);
      await stopping;
    },
    async stopAndRead() {
      await stopServices();
      const atRest = [await keysAndValues(redis), await messages(nats.url), await rowsOf(databaseUrl)].join(
        '\n',
      );
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
  /** Without a user: each service gets its own. */
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
    ...{ PORT: '0', METRICS_PORT: '0', HOST: '127.0.0.1' },
    // The traces that tests name are continued, so that they can find what became of a request.
    ...{ FRONTEND_ORIGINS: FRONTEND, SHUTDOWN_SECONDS: '10', TRUSTED_PROXIES: '127.0.0.1' },
    ...LENIENT,
    ...PATIENT,
  };
  return {
    'ticket-service': {
      ...common,
      NATS_URL: asRole(natsUrl, 'ticket-service'),
      ...{ REDIS_URL: redisUrl, JWT_ISSUER: users.issuer, JWT_AUDIENCE: users.audience },
      ...{ JWT_JWKS_URL: users.jwksUrl, ANONYMOUS_SESSIONS: 'true' },
      ...{ OPERATOR_ISSUER: operators.issuer, OPERATOR_JWKS_URL: operators.jwksUrl },
      ANONYMOUS_SIGNING_KEY: JSON.stringify(generateSigningKey()),
      ...more,
    },
    'ws-edge': {
      ...common,
      NATS_URL: asRole(natsUrl, 'ws-edge'),
      ...{ ROUTES: 'default=echo,echo=echo,bridge=bridge', DRAIN_SECONDS: '0' },
      ...more,
    },
    'audit-service': {
      ...common,
      NATS_URL: asRole(natsUrl, 'audit-service'),
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

/** The bus as others than the services use it. */
async function openClients(url: string) {
  const open = (role: NatsRole) => openNatsRequests({ url: asRole(url, role), name: role, onError: ignore });
  const backend = await openNatsBus({
    url: asRole(url, 'backend'),
    name: 'backend',
    onError: ignore,
    onDiagnostic: ignore,
  });
  const [gate, operator] = await Promise.all([open('gate'), open('operator')]);
  const all = [backend, gate, operator];
  await eventually(() => all.every(({ connected }) => connected), { what: 'the clients on the bus' });
  return {
    backend,
    gate,
    operator,
    async close() {
      await Promise.all(all.map((client) => client.close()));
    },
  };
}

/** Asks JetStream's own API. @throws {Error} with its error */
export async function askJetStream<T>(
  jetStreamApi: RequestReply,
  subject: string,
  body: object = {},
): Promise<T> {
  const reply = (await jetStreamApi.request(`$JS.API.${subject}`, body, 5_000)) as T & { error?: object };
  if (reply.error) throw new Error(`${subject}: ${JSON.stringify(reply.error)}`);
  return reply;
}

/** Every message of the event stream, decompressed. */
async function messages(natsUrl: string): Promise<string> {
  const found: string[] = [];
  const operator = { url: asRole(natsUrl, 'operator'), name: 'reader', stream: {} };
  await maintainStream(operator, async ({ extent, read }) => {
    const { first } = await extent();
    const keep = async (deliveries: readonly Delivery[]) => {
      for (const { subject, body } of deliveries) found.push(`${subject} ${Buffer.from(body).toString()}`);
    };
    await read(first, keep, AbortSignal.timeout(60_000));
  });
  return found.join('\n');
}

async function rowsOf(databaseUrl: string): Promise<string> {
  const sql = await openPostgres({ url: databaseUrl, applicationName: 'reader', onError: ignore });
  const rows = await dumpTables(sql);
  await sql.close();
  return rows;
}
