import type { ProxyConfig, ProxyRoute } from '@admit-one/config';
import { createTokenIssuer, EDGE_ISSUER } from '@admit-one/identity';
import type { PreparingRoute } from '../types.ts';
import { ProxiedConnection } from './proxied-connection.ts';
import type { ProxyHost } from './proxy-host.ts';
import { upstreamRequestOf } from './upstream-request.ts';

export interface ProxyOptions extends ProxyConfig {
  readonly host: ProxyHost;
  /** This instance. */
  readonly edge: string;
}

/** How long an upstream may take to verify who a connection is for. */
const PRINCIPAL_SECONDS = 30;

/** Passes the connections of a route on to a WebSocket server, which is told in a signed header who they are for. */
export function createProxy(name: string, { upstream }: ProxyRoute, options: ProxyOptions): PreparingRoute {
  const { signingKey: key, forwardedHeaders, host, edge } = options;
  const tokens = createTokenIssuer({ issuer: EDGE_ISSUER, audience: upstream.origin, key });
  return {
    name,
    protocols: [],
    prepare(handshake, { principal, ticketId, connection }) {
      const { issuer, session, user, attributes } = principal;
      const claims = { issuer, session, user, attributes, ticketId, connection, edge, route: name };
      const request = tokens
        .sign({ ...claims, jti: connection }, { ttlSeconds: PRINCIPAL_SECONDS })
        .then((token) => upstreamRequestOf(handshake, upstream, forwardedHeaders, token));
      return new ProxiedConnection(name, request, host);
    },
  };
}
