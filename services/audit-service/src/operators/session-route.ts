import type { AuditConfig } from '@admit-one/config';
import type { AuditLogError } from '@admit-one/core';
import type { Operator } from '@admit-one/identity';
import type { OperatorAccess } from '@admit-one/runtime';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyError, FastifyPluginAsync } from 'fastify';
import { problems } from '../api/problems.ts';
import { readRejectionOf } from '../api/rejection-of.ts';
import { commonSchema } from '../api/routes/route-context.ts';
import type { BreakGlassTrace } from './break-glass-trace.ts';
import { SessionReply } from './session-schemas.ts';
import type { SignInServer } from './sign-in-server.ts';

export interface SessionRouteOptions {
  readonly config: Pick<AuditConfig, 'operators' | 'signIn'>;
  readonly identify: OperatorAccess['identify'];
  readonly breakGlass: BreakGlassTrace;
  readonly signInServer: SignInServer;
}

/** `GET /api/v1/audit/session`: who asks, and how people sign in. The only route that answers strangers. */
export function sessionRoute(options: SessionRouteOptions): FastifyPluginAsync {
  const { config, identify, breakGlass, signInServer } = options;
  const { operators, signIn } = config;
  return async (app) => {
    app.setErrorHandler<FastifyError | AuditLogError>((error, request) => {
      throw readRejectionOf(error, request);
    });
    app.withTypeProvider<TypeBoxTypeProvider>().get(
      '/api/v1/audit/session',
      {
        schema: {
          ...commonSchema,
          security: [{}, { bearer: [] }],
          summary: 'Tell who asks, and how people sign in',
          response: { 200: SessionReply, 401: problems[401], 503: problems[503] },
        },
      },
      async (request, reply) => {
        reply.header('cache-control', 'no-store');
        const operator = await identify(request);
        if (operator) breakGlass.note(operator, request.trace);
        return {
          operator: operator && viewOf(operator),
          signIn: signIn && {
            issuer: signIn.issuer.issuer,
            clientId: signIn.clientId,
            parameters: signIn.parameters,
            token: signIn.token,
            server: await signInServer(),
          },
          breakGlass: operators.breakGlass !== null,
          proxy: operators.proxy !== null || operators.tokenHeader !== 'authorization',
        };
      },
    );
  };
}

function viewOf({ subject, scopes, from, expiresAt }: Operator) {
  return {
    subject,
    scopes: [...scopes],
    from: from.kind,
    expiresAt: expiresAt === null ? null : new Date(expiresAt * 1000).toISOString(),
  };
}
