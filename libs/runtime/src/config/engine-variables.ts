import { type Static, type TObject, Type } from 'typebox';
import { SECRET } from './read-variables.ts';

/** Where the bus is, and how much it keeps. */
export const natsVariables = {
  NATS_URL: Type.String({
    ...SECRET,
    description:
      'The NATS servers, with commas between them: `nats://host:4222`; `tls` where nothing but TLS will do.',
  }),
  NATS_CREDENTIALS_FILE: Type.Optional(
    Type.String({ description: 'The file with the JWT and the seed of the user of NATS.' }),
  ),
  NATS_TLS_CA_FILE: Type.Optional(
    Type.String({
      description: 'PEM file of the authorities that the certificates of NATS have to come from.',
    }),
  ),
  NATS_TLS_CERT_FILE: Type.Optional(
    Type.String({ description: 'PEM file of the certificate to show to NATS.' }),
  ),
  NATS_TLS_KEY_FILE: Type.Optional(Type.String({ description: 'PEM file of the key of that certificate.' })),
  NATS_STREAM_MAX_BYTES: Type.Integer({
    minimum: 1_048_576,
    default: 1_073_741_824,
    description: 'Bytes that the event stream may take where a service has to create it; full, it refuses.',
  }),
  NATS_STREAM_REPLICAS: Type.Integer({
    minimum: 1,
    maximum: 5,
    default: 1,
    description:
      'Servers that keep a copy of the event stream where a service has to create it; 3 in production.',
  }),
};

/** Where the ticket store is, and how much may wait in its outbox. */
export const redisVariables = {
  REDIS_URL: Type.String({
    ...SECRET,
    description:
      'The Redis of the tickets: `redis://host:6379/0`, `redis-sentinel://host:26379,host:26379/name` or `redis-cluster://host:6379,host:6379`; `rediss` for TLS.',
  }),
  REDIS_COMMAND_TIMEOUT_MS: Type.Integer({
    minimum: 50,
    maximum: 5_000,
    default: 300,
    description: 'How long Redis may take to answer before a request is refused.',
  }),
  OUTBOX_SOFT_BOUND: Type.Integer({
    minimum: 1,
    default: 20_000,
    description: 'Events that may wait in each of the 16 outboxes before no more tickets are issued.',
  }),
  OUTBOX_HARD_BOUND: Type.Integer({
    minimum: 1,
    default: 25_000,
    description: 'Events that may wait in each of the 16 outboxes before every command is refused.',
  }),
};

/** Where the audit log is. */
export const postgresVariables = {
  DATABASE_URL: Type.String({
    ...SECRET,
    description:
      'The database of the audit log, PostgreSQL 15 or later: `postgres://user:password@host:5432/database`.',
  }),
  DATABASE_CONNECTIONS: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 10,
    description: 'Connections to the database that one instance opens at most.',
  }),
};

export type NatsVariables = Static<TObject<typeof natsVariables>>;
export type RedisVariables = Static<TObject<typeof redisVariables>>;
export type PostgresVariables = Static<TObject<typeof postgresVariables>>;

type EngineVariables = NatsVariables & RedisVariables & PostgresVariables;

/** How each URL begins and what it looks like, and the URLs that its value is made of: several for NATS. */
const urls = {
  NATS_URL: {
    like: 'nats://host:4222',
    schemes: ['nats', 'tls'],
    parts: (value: string) => value.split(','),
  },
  REDIS_URL: {
    like: 'redis://host:6379, redis-sentinel://host:26379/name or redis-cluster://host:6379',
    schemes: ['redis', 'rediss', 'redis-sentinel', 'rediss-sentinel', 'redis-cluster', 'rediss-cluster'],
    // Only the first of several hosts: no URL has more.
    parts: (value: string) => [value.replace(/,[^/]*/, '')],
  },
  DATABASE_URL: {
    like: 'postgres://host:5432/database',
    schemes: ['postgres', 'postgresql'],
    parts: (value: string) => [value],
  },
} as const;

/** What is wrong with the engines' variables beyond each one's own form, for the check of `readVariables`. */
export function engineIssues(variables: Partial<EngineVariables>): readonly string[] {
  const { OUTBOX_SOFT_BOUND: soft, OUTBOX_HARD_BOUND: hard } = variables;
  const { NATS_TLS_CERT_FILE: certificate, NATS_TLS_KEY_FILE: key } = variables;
  const faults: string[] = [];
  for (const name of ['NATS_URL', 'REDIS_URL', 'DATABASE_URL'] as const) {
    const { like, schemes, parts } = urls[name];
    const value = variables[name];
    if (value === undefined || parts(value).every((part) => isUrl(part.trim(), schemes))) continue;
    faults.push(`${name}: is not a URL like ${like} (the value is not shown)`);
  }
  if ((certificate === undefined) !== (key === undefined))
    faults.push('NATS_TLS_CERT_FILE, NATS_TLS_KEY_FILE: are of use together only');
  if (soft !== undefined && hard !== undefined && soft > hard)
    faults.push('OUTBOX_SOFT_BOUND: must not be more than OUTBOX_HARD_BOUND');
  return faults;
}

function isUrl(text: string, schemes: readonly string[]): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return hostname !== '' && schemes.some((scheme) => protocol === `${scheme}:`);
}
