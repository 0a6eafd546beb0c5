import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { MAX_QUERY_LENGTH } from '../api/access/query-text.ts';
import { limitConcurrency } from '../api/limit-concurrency.ts';
import { problems } from '../api/problems.ts';
import { commonSchema, type RouteContext } from '../api/routes/route-context.ts';
import { prove } from './prove.ts';

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

/** How many events are proven at once. */
const MOST_PROOFS = 200;
/** Each may read the events of many seals. */
const MOST_AT_ONCE = 2;

const ProofsBody = Type.Object(
  {
    positions: Type.Array(Type.String({ pattern: '^\\d{1,9}\\.\\d{1,15}\\.\\d{1,9}$' }), {
      minItems: 1,
      maxItems: MOST_PROOFS,
      description: 'Of the events that are to be proven.',
    }),
  },
  { additionalProperties: false },
);

const ProofsReply = Type.Object({
  events: Type.Array(Type.Unknown(), {
    description:
      'The events in the order of their positions, with the `salt` that their personal values are hashed with.',
  }),
  proofs: Type.Array(
    Type.Object({
      position: Type.String(),
      seal: Type.Integer({ description: 'The number of the seal.' }),
      index: Type.Integer({ description: "From 0, in the tree of the event's day." }),
      path: Type.Array(Type.String(), {
        description: 'RFC 6962, section 2.1.1: SHA-256 in hex, from below.',
      }),
    }),
    { description: 'For each event that is sealed.' },
  ),
  seals: SealsReply.properties.seals,
});

/** `GET /api/v1/audit/seals` and `/keys`, `POST /api/v1/audit/proofs`: what proves that the audit log was not changed. */
export function addSealsRoutes(
  untyped: FastifyInstance,
  { auditLog, reportAccess }: Pick<RouteContext, 'auditLog' | 'reportAccess'>,
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
  const limited = limitConcurrency(MOST_AT_ONCE);
  app.post(
    '/api/v1/audit/proofs',
    {
      schema: {
        ...commonSchema,
        summary: 'Prove that events are in their seals',
        body: ProofsBody,
        response: { 200: ProofsReply, ...problems },
      },
    },
    async (request) => {
      const { positions } = request.body;
      const { events, proofs, seals } = await limited(() => prove(auditLog, positions));
      const query = `positions=${positions.join(',')}`.slice(0, MAX_QUERY_LENGTH);
      const complete = events.length === new Set(positions).size;
      reportAccess(request, { access: 'export', query, eventCount: events.length, complete });
      return {
        events: [...events],
        proofs: proofs.map((proof) => ({ ...proof, path: [...proof.path] })),
        seals: [...seals],
      };
    },
  );
}
