import type { FastifyPluginAsync } from 'fastify';

/** What is where, for whoever opens the root. */
export const indexRoutes: FastifyPluginAsync = async (app) => {
  app.get('/', { schema: { hide: true } }, () => ({
    name: 'Admit One',
    ticket: 'POST /api/websocket/ticket',
    anonymousToken: 'POST /api/v1/auth/token',
    connect: '/ws',
    audit: '/api/v1/audit/events',
    api: '/openapi.json',
    ready: '/readyz',
  }));
};
