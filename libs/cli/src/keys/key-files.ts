import { createHash, randomBytes } from 'node:crypto';
import {
  type NatsUserName,
  natsPasswordVariable,
  natsUsers,
  type RedisUserName,
  redisAcl,
  redisUsers,
} from '@admit-one/diagnostics';
import { generateSigningKey, publicPartOf } from '@admit-one/identity';
import { generateSealSigningKey } from '@admit-one/seals';

/** Where the engines are, each as `host:port`. */
export interface EngineAddresses {
  readonly nats: string;
  readonly redis: string;
  readonly postgres: string;
  /** Whether all three are reached over TLS. */
  readonly tls: boolean;
}

/** A file with secrets, and what it is for. */
export interface KeyFile {
  readonly name: string;
  readonly purpose: string;
  readonly text: string;
  /** Whether an engine reads it, which runs as another user. */
  readonly forEngine?: boolean;
}

/** The role and the database of the audit log. */
const DATABASE = 'admit';

/** New secrets for a whole installation, as files: for each engine, for each process, and for people. */
export function createKeyFiles(addresses: EngineAddresses): readonly KeyFile[] {
  const nats = passwordsOf(Object.keys(natsUsers) as NatsUserName[]);
  const redis = passwordsOf(Object.keys(redisUsers) as RedisUserName[]);
  const database = password();
  const breakGlass = generateSigningKey();
  const { natsUrl, redisUrl, databaseUrl } = urlsOf(addresses);

  const REDIS_URL = redisUrl('ticket-service', redis['ticket-service']);
  const DATABASE_URL = databaseUrl(database);
  const ANONYMOUS_SIGNING_KEY = JSON.stringify(generateSigningKey());
  const BREAK_GLASS_JWKS = JSON.stringify({ keys: [publicPartOf(breakGlass)] });
  const AUDIT_SIGNING_KEY = JSON.stringify(generateSealSigningKey());
  const PROXY_SIGNING_KEY = JSON.stringify(generateSigningKey());
  const AUDIT_PSEUDONYM_KEY = randomBytes(32).toString('hex');
  const more: Partial<Record<NatsUserName, Variables>> = {
    'ticket-service': { REDIS_URL, ANONYMOUS_SIGNING_KEY },
    'ws-edge': { PROXY_SIGNING_KEY },
    'audit-service': { DATABASE_URL, BREAK_GLASS_JWKS, AUDIT_PSEUDONYM_KEY, AUDIT_SIGNING_KEY },
    operator: { REDIS_URL: redisUrl('operator', redis.operator) },
  };

  return [
    {
      name: 'nats.env',
      purpose: 'for nats-server with deploy/nats/nats.conf',
      text: envText(
        Object.fromEntries(
          Object.entries(nats).map(([user, value]) => [natsPasswordVariable(user as NatsUserName), value]),
        ),
      ),
    },
    {
      name: 'redis-users.acl',
      purpose: 'for redis-server, as its aclfile',
      forEngine: true,
      text: redisAcl(mapped(redis, (value) => createHash('sha256').update(value).digest('hex'))),
    },
    {
      name: 'postgres.sql',
      purpose: "for psql: creates the audit log's role and database",
      forEngine: true,
      text: `CREATE ROLE ${DATABASE} LOGIN PASSWORD '${database}';\nCREATE DATABASE ${DATABASE} OWNER ${DATABASE};\n`,
    },
    {
      name: 'postgres.env',
      purpose: "for PostgreSQL's image: the superuser's password",
      text: envText({ POSTGRES_PASSWORD: password() }),
    },
    ...(Object.keys(natsUsers) as NatsUserName[]).map((user) => ({
      name: `${user}.env`,
      purpose: purposes[user],
      text: envText({ NATS_URL: natsUrl(user, nats[user]), ...more[user] }),
    })),
    {
      name: 'standalone.env',
      purpose: 'for standalone on Redis and PostgreSQL',
      text: envText({
        ...{ REDIS_URL, DATABASE_URL, ANONYMOUS_SIGNING_KEY, AUDIT_SIGNING_KEY, PROXY_SIGNING_KEY },
      }),
    },
    {
      name: 'break-glass.jwk',
      purpose: 'for `admit token --break-glass`; keep it offline: anyone who has it can read the audit log',
      text: `${JSON.stringify(breakGlass, null, 2)}\n`,
    },
  ];
}

const purposes: Readonly<Record<NatsUserName, string>> = {
  'ticket-service': 'for the ticket-service',
  'ws-edge': 'for the ws-edge',
  'audit-service': 'for the audit-service',
  gate: 'for a server of yours with the gate',
  backend: 'for your application behind bridge routes',
  operator: 'for people: `admit stream`, `nats stream`, `admit doctor`',
};

type Variables = Readonly<Record<string, string>>;

function urlsOf({ nats, redis, postgres, tls }: EngineAddresses) {
  return {
    natsUrl: (user: string, secret: string) => `${tls ? 'tls' : 'nats'}://${user}:${secret}@${nats}`,
    redisUrl: (user: string, secret: string) => `${tls ? 'rediss' : 'redis'}://${user}:${secret}@${redis}`,
    databaseUrl: (secret: string) =>
      `postgres://${DATABASE}:${secret}@${postgres}/${DATABASE}${tls ? '?sslmode=verify-full' : ''}`,
  };
}

function passwordsOf<Name extends string>(users: readonly Name[]): Readonly<Record<Name, string>> {
  return Object.fromEntries(users.map((user) => [user, password()])) as Record<Name, string>;
}

/** 192 bits. It begins with a letter, and has nothing that a URL, SQL or nats-server would read as something else. */
function password(): string {
  return `p${randomBytes(24).toString('hex')}`;
}

function mapped<Name extends string>(
  record: Readonly<Record<Name, string>>,
  change: (value: string) => string,
): Readonly<Record<Name, string>> {
  const entries = (Object.entries(record) as [Name, string][]).map(([name, value]) => [name, change(value)]);
  return Object.fromEntries(entries) as Record<Name, string>;
}

/** Lines that Node (`--env-file`), Docker, Kubernetes and systemd read alike: no quotes, nothing to expand. */
function envText(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
