import { inspectNats } from '@admit-one/adapter-nats';
import { inspectPostgres } from '@admit-one/adapter-postgres';
import { inspectRedis } from '@admit-one/adapter-redis';
import type { Diagnostic } from '@admit-one/core';
import {
  ANY_AUDIENCE,
  type IssuerPrefix,
  inspectIssuer,
  issuersOf,
  validateIssuers,
} from '@admit-one/identity';
import { engineIssues, natsConnectionOf } from '@admit-one/runtime';
import { inspectMetrics } from './metrics.ts';
import type { SoundVariables } from './settings.ts';
import { withoutSecrets } from './without-secrets.ts';

/** A look at one thing that the services depend on. */
export interface Inspection {
  /** What is looked at, with its address but nothing secret. */
  readonly group: string;
  /** Rejects where it does not even come to a diagnostic. @param signal aborted when nobody waits any more */
  inspect(signal: AbortSignal): Promise<readonly Diagnostic[]>;
}

/** What the engines list us as. */
const CLIENT = 'admit-doctor';

/** The inspections of all that the settings name, and of running processes by the URLs of their metrics. */
export function inspectionsOf(variables: SoundVariables, metrics: readonly URL[]): readonly Inspection[] {
  return [
    ...redisInspections(variables),
    ...natsInspections(variables),
    ...postgresInspections(variables),
    ...issuerInspections(variables, 'JWT'),
    ...issuerInspections(variables, 'OPERATOR'),
    ...metrics.map(metricsInspection),
  ].map((inspection) => ({ ...inspection, group: withoutSecrets(inspection.group) }));
}

function redisInspections({ REDIS_URL: url }: SoundVariables): readonly Inspection[] {
  if (url === undefined || engineIssues({ REDIS_URL: url }).length > 0) return [];
  return [{ group: `Redis ${url}`, inspect: () => inspectRedis({ url }) }];
}

function natsInspections(variables: SoundVariables): readonly Inspection[] {
  const { NATS_URL: url } = variables;
  if (url === undefined || engineIssues({ NATS_URL: url }).length > 0) return [];
  const options = { url, name: CLIENT, ...natsConnectionOf(variables) };
  return [{ group: `NATS ${url}`, inspect: () => inspectNats(options) }];
}

function postgresInspections(variables: SoundVariables): readonly Inspection[] {
  const { DATABASE_URL: url, DATABASE_CONNECTIONS: poolSize } = variables;
  if (url === undefined || engineIssues({ DATABASE_URL: url }).length > 0) return [];
  const options = { url, poolSize, applicationName: CLIENT };
  return [{ group: `PostgreSQL ${url}`, inspect: () => inspectPostgres(options) }];
}

/** The keys are looked at though the audience may not be settled yet. */
function issuerInspections(variables: SoundVariables, prefix: IssuerPrefix): readonly Inspection[] {
  const settled = { ...variables, [`${prefix}_AUDIENCE`]: [ANY_AUDIENCE] };
  if (validateIssuers(settled, prefix).length > 0) return [];
  return issuersOf(settled, prefix).map((issuer) => ({
    group: `${prefix}_ISSUER ${issuer.issuer}`,
    inspect: () => inspectIssuer(issuer),
  }));
}

function metricsInspection(url: URL): Inspection {
  return { group: `metrics ${url}`, inspect: (signal) => inspectMetrics(url, signal) };
}
