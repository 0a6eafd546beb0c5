import type { FastifyPluginAsync } from 'fastify';
import { CONSOLE } from './console-routes.ts';

/** `GET /` of a process that has nothing else there. */
export const redirectToConsole: FastifyPluginAsync = async (app) => {
  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect(`${CONSOLE}/`));
};
