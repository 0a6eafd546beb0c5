import { type Static, type TObject, Type } from 'typebox';
import { SECRET } from './read-variables.ts';

/** Where the bus is, and how much it keeps. */
export const natsVariables = {
  NATS_URL: Type.String({
    ...SECRET,
    description: 'The NATS servers, separated by commas.',
    examples: ['nats://user:password@nats-1:4222,nats://user:password@nats-2:4222'],
  }),
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
    description: 'The Redis of the tickets: one node, Sentinel or Cluster.',
    examples: ['rediss://user:password@redis:6379'],
  }),
  REDIS_COMMAND_TIMEOUT_MS: Type.Integer({
    minimum: 50,
    maximum: 5_000,
    default: 400,
    description: 'How long Redis may take to answer before a request is refused.',
  }),
  OUTBOX_SOFT_BOUND: Type.Integer({
    minimum: 1,
    default: 4_000,
    description: 'Events that may wait in each of the 16 outboxes before no more tickets are issued.',
  }),
  OUTBOX_HARD_BOUND: Type.Integer({
    minimum: 1,
    default: 5_000,
    description: 'Events that may wait in each of the 16 outboxes before every command is refused.',
  }),
};

/** Where the audit log is. */
export const postgresVariables = {
  DATABASE_URL: Type.String({
    ...SECRET,
    description: 'The PostgreSQL database of the audit log, version 15 or later.',
    examples: ['postgres://user:password@postgres:5432/admit_one'],
  }),
  DATABASE_CONNECTIONS: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 10,
    description: 'Connections to the database that one instance opens at most.',
  }),
};

type EngineVariables = Static<
  TObject<typeof natsVariables & typeof redisVariables & typeof postgresVariables>
>;

/** What each URL has to look like; NATS takes several. */
const urls = {
  NATS_URL: { form: /^(nats|tls):\/\/[^\s,]+(\s*,\s*(nats|tls):\/\/[^\s,]+)*$/, schemes: 'nats or tls' },
  REDIS_URL: { form: /^rediss?:\/\/\S+$/, schemes: 'redis or rediss' },
  DATABASE_URL: { form: /^postgres(ql)?:\/\/\S+$/, schemes: 'postgres or postgresql' },
} as const;

/** What is wrong with the engines' variables taken together, for the check of `readVariables`. */
export function engineFaults(variables: Partial<EngineVariables>): readonly string[] {
  const { OUTBOX_SOFT_BOUND: soft, OUTBOX_HARD_BOUND: hard } = variables;
  const faults: string[] = [];
  for (const name of ['NATS_URL', 'REDIS_URL', 'DATABASE_URL'] as const) {
    const { form, schemes } = urls[name];
    const url = variables[name];
    if (url !== undefined && !form.test(url))
      faults.push(`${name}: is not a URL of the scheme ${schemes} (the value is not shown)`);
  }
  if (soft !== undefined && hard !== undefined && soft > hard)
    faults.push('OUTBOX_SOFT_BOUND: must not be more than OUTBOX_HARD_BOUND');
  return faults;
}
