import { inspectNats } from '@admit-one/adapter-nats';
import { inspectPostgres } from '@admit-one/adapter-postgres';
import { inspectRedis } from '@admit-one/adapter-redis';
import { addressesIn, engineIssues, natsConnectionOf } from '@admit-one/config';
import type { Diagnostic } from '@admit-one/core';
import {
  ANY_AUDIENCE,
  type IssuerPrefix,
  inspectIssuer,
  issuersOf,
  rootMessageOf,
  validateIssuers,
} from '@admit-one/identity';
import { inspectMetrics } from './metrics.ts';
import { type ServiceName, STANDALONE, type ValidVariables } from './services.ts';

/** Inspects one thing that the services depend on. */
export interface Inspection {
  /** What is inspected, with its address. Contains no credentials. */
  readonly group: string;
  /** Rejects where there is nothing to report. @param signal aborted when the result is no longer needed */
  inspect(signal: AbortSignal): Promise<readonly Diagnostic[]>;
}

/** The client name that engines show. */
const CLIENT = 'admit-doctor';
const TIMEOUT_SECONDS = 5;

/** What is inspected. */
export interface Inspected {
  /** The services that the variables are for. */
  readonly services: readonly ServiceName[];
  readonly variables: ValidVariables;
  /** The metrics endpoints of running processes. */
  readonly metrics: readonly URL[];
}

/** The inspections of everything that the settings name, and of the metrics of running processes. */
export function inspectionsOf({ services, variables, metrics }: Inspected): readonly Inspection[] {
  return [
    ...redisInspections(variables),
    ...natsInspections(variables, services),
    ...postgresInspections(variables),
    ...issuerInspections(variables, 'JWT'),
    ...issuerInspections(variables, 'OPERATOR'),
    ...metrics.map(metricsInspection),
  ];
}

/** Runs an inspection for at most 5 s. Never rejects: a failure, a timeout or an interruption is an error diagnostic. */
export async function runInspection(
  { inspect }: Inspection,
  interrupted: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_SECONDS * 1_000);
  const ended = AbortSignal.any([timeout.signal, interrupted]);
  try {
    return await Promise.race([inspect(ended), rejectionBy(ended)]);
  } catch (error) {
    if (interrupted.aborted) return [{ level: 'error', message: 'this check was interrupted' }];
    const why = timeout.signal.aborted ? `no answer within ${TIMEOUT_SECONDS} s` : rootMessageOf(error);
    const remedy = 'Check that it is running, that its URL is right, and that this machine can reach it.';
    return [{ level: 'error', message: `the check failed: ${why}`, remedy }];
  } finally {
    clearTimeout(timer);
  }
}

/** Rejects with the signal's reason when the signal aborts. */
function rejectionBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function redisInspections({ REDIS_URL: url }: ValidVariables): readonly Inspection[] {
  if (url === undefined || engineIssues({ REDIS_URL: url }).length > 0) return [];
  return [{ group: `Redis ${addressesIn(url)}`, inspect: () => inspectRedis({ url }) }];
}

function natsInspections(variables: ValidVariables, names: readonly ServiceName[]): readonly Inspection[] {
  const { NATS_URL: url } = variables;
  if (url === undefined || engineIssues({ NATS_URL: url }).length > 0) return [];
  // In standalone, one user needs what all services need.
  const services = names.filter((name) => name !== STANDALONE);
  const role = services.length === 1 ? services[0] : undefined;
  const options = { url, name: CLIENT, role, services, ...natsConnectionOf(variables) };
  return [{ group: `NATS ${addressesIn(url)}`, inspect: () => inspectNats(options) }];
}

function postgresInspections(variables: ValidVariables): readonly Inspection[] {
  const { DATABASE_URL: url, DATABASE_CONNECTIONS: poolSize } = variables;
  if (url === undefined || engineIssues({ DATABASE_URL: url }).length > 0) return [];
  const options = { url, poolSize, applicationName: CLIENT };
  return [{ group: `PostgreSQL ${addressesIn(url)}`, inspect: () => inspectPostgres(options) }];
}

/** Keys can be inspected even while the audience is missing. */
function issuerInspections(variables: ValidVariables, prefix: IssuerPrefix): readonly Inspection[] {
  const withAudience = { ...variables, [`${prefix}_AUDIENCE`]: [ANY_AUDIENCE] };
  if (validateIssuers(withAudience, prefix).length > 0) return [];
  return issuersOf(withAudience, prefix).map((issuer) => ({
    group: `${prefix}_ISSUER ${issuer.issuer}`,
    inspect: () => inspectIssuer(issuer),
  }));
}

function metricsInspection(url: URL): Inspection {
  return { group: `metrics ${addressesIn(url.href)}`, inspect: (signal) => inspectMetrics(url, signal) };
}
