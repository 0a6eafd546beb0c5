import type { AuditLog } from '@admit-one/core';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { problems } from '../api/problems.ts';
import { commonSchema } from '../api/routes/audit-api.ts';

const SealsQuery = Type.Object({
  after: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    default: 0,
    description: 'The number of the last seal that you have.',
  }),
  limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 100 }),
});

const SealsReply = Type.Object({
  seals: Type.Array(
    Type.Object({
      number: Type.Integer(),
      to: Type.String({ description: 'The position of its last event.' }),
      sealedAt: Type.String({ format: 'date-time' }),
      kid: Type.String({ description: 'The thumbprint of the key that signed.' }),
      jws: Type.String({ description: 'The seal, signed: a JWS in the compact form.' }),
    }),
  ),
});

const KeysReply = Type.Object({
  keys: Type.Array(Type.Unknown(), { description: 'Public keys, as JWKs; the first ones first.' }),
});

/** `GET /api/v1/audit/seals` and `/keys`: what proves that the audit log was not changed. */
export function addSealsRoutes(
  untyped: FastifyInstance,
  { auditLog }: { auditLog: Pick<AuditLog, 'seals'> },
): void {
  const app = untyped.withTypeProvider<TypeBoxTypeProvider>();
  app.get(
    '/api/v1/audit/seals',
    {
      schema: {
        ...commonSchema,
        summary: 'List the seals over the audit log',
        querystring: SealsQuery,
        response: { 200: SealsReply, ...problems },
      },
    },
    async ({ query: { after, limit } }) => ({ seals: [...(await auditLog.seals.list(after, limit))] }),
  );
  app.get(
    '/api/v1/audit/keys',
    {
      schema: {
        ...commonSchema,
        summary: 'List the public keys that have signed seals, as a JWK Set',
        response: { 200: KeysReply, ...problems },
      },
    },
    async () => ({ keys: [...(await auditLog.seals.keys())] }),
  );
}
