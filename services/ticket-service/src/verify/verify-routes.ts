import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { type OriginalTarget, targetBehind, targetInHeaders } from './original-target.ts';
import { nginxRejectionResponse, passResponse, rejectionResponse } from './responses.ts';
import type { Verify } from './verify.ts';

/** An endpoint for the proxies that ask in its way. */
interface VerifyEndpoint {
  readonly url: string;
  readonly summary: string;
  readonly targetOf: (request: FastifyRequest) => OriginalTarget;
  readonly reject: typeof rejectionResponse;
}

const ENVOY = '/verify/envoy';

const endpoints: readonly VerifyEndpoint[] = [
  {
    url: '/verify',
    summary: 'Whether a request may pass, for Traefik and others that pass the response on',
    targetOf: ({ raw }) => targetInHeaders(raw.headersDistinct, ['x-forwarded-uri', 'x-original-uri']),
    reject: rejectionResponse,
  },
  {
    url: '/verify/nginx',
    summary: 'The same for nginx, rejections with 401 and 403 only',
    targetOf: ({ raw }) => targetInHeaders(raw.headersDistinct, ['x-original-uri']),
    reject: nginxRejectionResponse,
  },
  {
    url: `${ENVOY}/*`,
    summary: 'The same for Envoy, with the original path behind the prefix',
    targetOf: ({ raw }) => targetBehind(ENVOY, raw.url ?? ''),
    reject: rejectionResponse,
  },
];

/** The endpoints of forward authentication. They redeem: see `redeemTicket` for what that promises. */
export function verifyRoutes(verify: Verify): FastifyPluginAsync {
  return async (app) => {
    for (const { url, summary, targetOf, reject } of endpoints)
      app.route({
        method: 'GET',
        url,
        exposeHeadRoute: false,
        schema: { summary, tags: ['forward authentication'] },
        handler: async (request, reply) => {
          const outcome = await verify(request, targetOf(request));
          const { status, headers, body } =
            outcome.kind === 'redeemed' ? passResponse(outcome) : reject(outcome, request.trace.traceId);
          return reply.code(status).header('cache-control', 'no-store').headers(headers).send(body);
        },
      });
  };
}
