import type { FastifyPluginAsync } from 'fastify';

/** What is where, for whoever opens the root. */
export const index = {
  name: 'Admit One',
  ticket: 'POST /api/websocket/ticket',
  anonymousToken: 'POST /api/v1/auth/token',
  connect: '/ws',
  audit: '/api/v1/audit/events',
  api: '/openapi.json',
  ready: '/readyz',
} as const;

/** The index alone, where there is no demo page. */
export const indexRoutes: FastifyPluginAsync = async (app) => {
  app.get('/', { schema: { hide: true } }, () => index);
};
