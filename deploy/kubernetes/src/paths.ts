import type { ServiceTraits } from './services.ts';

/** A public path: this path alone, or also all below it. */
export interface PublicPath {
  readonly type: 'Exact' | 'Prefix';
  readonly value: string;
}

/** The public paths of each service. What is not here is not public: health checks, metrics, OpenAPI documents. */
export const publicPaths: Readonly<Record<ServiceTraits['name'], readonly PublicPath[]>> = {
  'ws-edge': [prefix('/ws'), prefix('/api/ws')],
  'ticket-service': [
    exact('/api/ws/ticket'),
    exact('/api/v1/ws-ticket'),
    prefix('/api/websocket'),
    prefix('/websocket'),
    prefix('/api/v1/auth'),
    prefix('/api/v1/admin'),
    exact('/oidc/backchannel-logout'),
    exact('/.well-known/jwks.json'),
  ],
  'audit-service': [prefix('/api/v1/audit'), prefix('/console')],
};

function exact(value: string): PublicPath {
  return { type: 'Exact', value };
}

function prefix(value: string): PublicPath {
  return { type: 'Prefix', value };
}
