import { publicPartOf, type SigningKey } from '@admit-one/identity';
import type { FastifyPluginAsync } from 'fastify';

/** No name of a route has a dot. */
const PATH = '/ws/jwks.json';

/** The public key that upstreams verify `X-Admit-Principal` with, as a JWK Set. */
export function principalKeys(key: SigningKey): FastifyPluginAsync {
  const keys = { keys: [publicPartOf(key)] };
  return async (app) => {
    app.get(PATH, { schema: { hide: true } }, (_request, reply) => {
      reply.header('cache-control', 'public, max-age=300');
      return keys;
    });
  };
}
