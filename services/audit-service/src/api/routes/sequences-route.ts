import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { problems } from '../problems.ts';
import { SequencesQuery, SequencesReport } from '../schemas.ts';
import { commonSchema, type RouteContext } from './route-context.ts';

/** `GET /api/v1/audit/sequences`: how far each numbering is, and what is missing. */
export function addSequencesRoute(app: FastifyInstance, { auditLog }: RouteContext): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/v1/audit/sequences',
    {
      schema: {
        ...commonSchema,
        summary: 'List missing events by partition key',
        querystring: SequencesQuery,
        response: { 200: SequencesReport, ...problems },
      },
    },
    async ({ query }) => {
      const reports = await auditLog.sequences({ incompleteOnly: query.incomplete });
      // The route `completeness` has these.
      return {
        partitions: reports.map(({ missingSince: _since, acknowledgedCount: _count, ...report }) => report),
      };
    },
  );
}
