import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { type Answer, admittedAnswer, deniedAnswer, deniedAnswerForNginx } from './answers.ts';
import { type OriginalTarget, targetBehind, targetInHeaders } from './original-target.ts';
import type { Denied, Verify } from './verify.ts';

/** A way to ask, for the proxies that ask like this. */
interface Door {
  readonly url: string;
  readonly summary: string;
  readonly targetOf: (request: FastifyRequest) => OriginalTarget;
  readonly deny: (denied: Denied, traceId: string) => Answer;
}

const ENVOY = '/verify/envoy';

const doors: readonly Door[] = [
  {
    url: '/verify',
    summary: 'Whether a request may pass, for Traefik and others that pass an answer on',
    targetOf: ({ raw }) => targetInHeaders(raw.headersDistinct, ['x-forwarded-uri', 'x-original-uri']),
    deny: deniedAnswer,
  },
  {
    url: '/verify/nginx',
    summary: 'The same for nginx, refusals with 401 and 403 only',
    targetOf: ({ raw }) => targetInHeaders(raw.headersDistinct, ['x-original-uri']),
    deny: deniedAnswerForNginx,
  },
  {
    url: `${ENVOY}/*`,
    summary: 'The same for Envoy, with the path that was asked for behind the prefix',
    targetOf: ({ raw }) => targetBehind(ENVOY, raw.url ?? ''),
    deny: deniedAnswer,
  },
];

/** The endpoints of forward authentication. They redeem: see `Redeem` for what that promises. */
export function verifyRoutes(verify: Verify): FastifyPluginAsync {
  return async (app) => {
    for (const { url, summary, targetOf, deny } of doors)
      app.route({
        method: 'GET',
        url,
        exposeHeadRoute: false,
        schema: { summary, tags: ['forward authentication'] },
        handler: async (request, reply) => {
          const verdict = await verify(request, targetOf(request));
          const { status, headers, body } =
            verdict.kind === 'admitted' ? admittedAnswer(verdict) : deny(verdict, request.trace.traceId);
          return reply.code(status).header('cache-control', 'no-store').headers(headers).send(body);
        },
      });
  };
}
