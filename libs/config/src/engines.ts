import { type Static, type TObject, Type } from 'typebox';
import { SECRET } from './read-variables.ts';

/** The connection to NATS, and the limits of the event stream. */
export const natsVariables = {
  NATS_URL: Type.String({
    ...SECRET,
    description:
      'The NATS servers, comma-separated: `nats://host:4222`, or `tls://host:4222` to require TLS.',
    examples: ['nats://user:password@127.0.0.1:4222'],
  }),
  NATS_CREDENTIALS_FILE: Type.Optional(
    Type.String({ description: 'Credentials file (JWT and seed) of the NATS user.' }),
  ),
  NATS_TLS_CA_FILE: Type.Optional(
    Type.String({ description: 'PEM file of the certificate authorities to accept for NATS.' }),
  ),
  NATS_TLS_CERT_FILE: Type.Optional(
    Type.String({ description: 'PEM file of the client certificate for NATS.' }),
  ),
  NATS_TLS_KEY_FILE: Type.Optional(
    Type.String({ description: "PEM file of the client certificate's private key." }),
  ),
  NATS_STREAM_MAX_BYTES: Type.Integer({
    minimum: 1_048_576,
    default: 1_073_741_824,
    description:
      'Size limit of the event stream, used when a service creates it. A full stream rejects events.',
  }),
  NATS_STREAM_REPLICAS: Type.Integer({
    minimum: 1,
    maximum: 5,
    default: 1,
    description: 'Replicas of the event stream, used when a service creates it. Use 3 in production.',
  }),
};

/** The connection to the ticket store, and the bounds of its outbox. */
export const redisVariables = {
  REDIS_URL: Type.String({
    ...SECRET,
    description:
      'The Redis of the ticket store: `redis://host:6379/0`, `redis-sentinel://host:26379,host:26379/name` or `redis-cluster://host:6379,host:6379`. Use `rediss` for TLS.',
    examples: ['redis://user:password@127.0.0.1:6379'],
  }),
  REDIS_COMMAND_TIMEOUT_MS: Type.Integer({
    minimum: 50,
    maximum: 5_000,
    default: 300,
    description: 'Timeout of a Redis command. The request is then rejected with 503.',
  }),
  OUTBOX_SOFT_BOUND: Type.Integer({
    minimum: 1,
    default: 20_000,
    description: 'Waiting events in one of the 16 outbox partitions above which no tickets are issued.',
  }),
  OUTBOX_HARD_BOUND: Type.Integer({
    minimum: 1,
    default: 25_000,
    description: 'Waiting events in one of the 16 outbox partitions above which every command is rejected.',
  }),
};

/** The connection to the audit log's database. */
export const postgresVariables = {
  DATABASE_URL: Type.String({
    ...SECRET,
    description:
      'The database of the audit log, PostgreSQL 15 or later: `postgres://user:password@host:5432/database`.',
    examples: ['postgres://user:password@127.0.0.1:5432/admit'],
  }),
  DATABASE_CONNECTIONS: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 10,
    description: 'Size of the connection pool of one instance.',
  }),
};

export type NatsVariables = Static<TObject<typeof natsVariables>>;
export type RedisVariables = Static<TObject<typeof redisVariables>>;
export type PostgresVariables = Static<TObject<typeof postgresVariables>>;

type EngineVariables = NatsVariables & RedisVariables & PostgresVariables;

/** The schemes of each URL, an example, and how to split a value into parts that `URL` can parse. */
const urls = {
  NATS_URL: {
    example: 'nats://host:4222',
    schemes: ['nats', 'tls'],
    split: (value: string) => value.split(','),
  },
  REDIS_URL: {
    example: 'redis://host:6379, redis-sentinel://host:26379/name or redis-cluster://host:6379',
    schemes: ['redis', 'rediss', 'redis-sentinel', 'rediss-sentinel', 'redis-cluster', 'rediss-cluster'],
    // `URL` accepts one host only: drop the others, which follow the credentials.
    split: (value: string) => [value.replace(/((?:^|@)[^@,]*),[^/@]*(?=\/|$)/, '$1')],
  },
  DATABASE_URL: {
    example: 'postgres://host:5432/database',
    schemes: ['postgres', 'postgresql'],
    split: (value: string) => [value],
  },
} as const;

/** The issues of the engines' variables that their schemas can't express. */
export function engineIssues(variables: Partial<EngineVariables>): readonly string[] {
  const { OUTBOX_SOFT_BOUND: soft, OUTBOX_HARD_BOUND: hard } = variables;
  const { NATS_TLS_CERT_FILE: certificate, NATS_TLS_KEY_FILE: key } = variables;
  const issues: string[] = [];
  for (const name of ['NATS_URL', 'REDIS_URL', 'DATABASE_URL'] as const) {
    const { example, schemes, split } = urls[name];
    const value = variables[name];
    if (value === undefined || split(value).every((part) => isUrl(part.trim(), schemes))) continue;
    issues.push(
      `${name}: is not a URL like ${example}; special characters in user and password must be percent-encoded (the value is not shown)`,
    );
  }
  if ((certificate === undefined) !== (key === undefined))
    issues.push('NATS_TLS_CERT_FILE, NATS_TLS_KEY_FILE: must be set together');
  if (soft !== undefined && hard !== undefined && soft > hard)
    issues.push(`OUTBOX_SOFT_BOUND: must be ≤ OUTBOX_HARD_BOUND (got ${soft} > ${hard})`);
  return issues;
}

function isUrl(text: string, schemes: readonly string[]): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, pathname, search, hash } = new URL(text);
  // An `@` further behind is the end of a password that contains a delimiter.
  const isComplete =
    !`${pathname}${search}${hash}`.includes('@') && isDecodable(username) && isDecodable(password);
  return isComplete && hostname !== '' && schemes.some((scheme) => protocol === `${scheme}:`);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** The connection to NATS, and the desired limits of its stream, as adapter-nats takes them. */
export function natsConnectionOf(variables: Partial<NatsVariables>) {
  const { NATS_TLS_CA_FILE, NATS_TLS_CERT_FILE, NATS_TLS_KEY_FILE } = variables;
  const tls = { caFile: NATS_TLS_CA_FILE, certFile: NATS_TLS_CERT_FILE, keyFile: NATS_TLS_KEY_FILE };
  return {
    credentialsFile: variables.NATS_CREDENTIALS_FILE,
    tls: Object.values(tls).some((file) => file !== undefined) ? tls : undefined,
    stream: { maxBytes: variables.NATS_STREAM_MAX_BYTES, replicas: variables.NATS_STREAM_REPLICAS },
  };
}
