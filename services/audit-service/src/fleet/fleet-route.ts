import type { AuditLog, InstanceReport, StoreClock } from '@admit-one/core';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { problems } from '../api/problems.ts';
import { commonSchema } from '../api/routes/route-context.ts';
import { FleetReply } from './fleet-schemas.ts';

export interface FleetRouteContext {
  readonly auditLog: Pick<AuditLog, 'instances'>;
  readonly clock: Pick<StoreClock, 'now'>;
}

/** `GET /api/v1/audit/fleet`: the processes that run, as their own events tell. */
export function addFleetRoute(app: FastifyInstance, { auditLog, clock }: FleetRouteContext): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/v1/audit/fleet',
    {
      schema: {
        ...commonSchema,
        summary: 'List the instances of all services that were heard of lately',
        response: { 200: FleetReply, ...problems },
      },
    },
    async () => ({
      at: new Date(clock.now()).toISOString(),
      instances: (await auditLog.instances()).map(viewOf),
    }),
  );
}

/** Members of another type than the catalogue says count as absent. */
function viewOf({ told, service, instance, state, heardAt }: InstanceReport) {
  const { startedAt, version, connections, dependencies } = told ?? {};
  return {
    ...{ service, instance, state, heardAt },
    startedAt: timeOf(startedAt),
    version: typeof version === 'string' ? version : null,
    connections: Number.isSafeInteger(connections) ? (connections as number) : null,
    dependencies: Array.isArray(dependencies) ? dependencies.flatMap(dependencyOf) : [],
  };
}

function dependencyOf(value: unknown) {
  const { name, up, since: sinceMs } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const since = timeOf(sinceMs);
  return typeof name === 'string' && typeof up === 'boolean' && since !== null ? [{ name, up, since }] : [];
}

/** The longest time that a Date has. */
const MAX_TIME = 8.64e15;

function timeOf(milliseconds: unknown): string | null {
  return typeof milliseconds === 'number' && Math.abs(milliseconds) <= MAX_TIME
    ? new Date(milliseconds).toISOString()
    : null;
}
