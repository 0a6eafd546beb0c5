import type { IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/Gateway';
import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { type Installation, sharedMetadata } from './manifest.ts';
import { publicPaths } from './paths.ts';
import { type ServiceTraits, services } from './services.ts';
import type { Settings } from './settings.ts';
import { unlessEmpty } from './values.ts';

const NAME = 'admit-one';

export function gateway({ gateway, host }: Settings, installation: Installation) {
  const allowedRoutes = { namespaces: { from: 'Same' as const } };
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: sharedMetadata(NAME, installation),
    spec: {
      gatewayClassName: gateway.className,
      listeners: [
        { name: 'http', hostname: host, port: 80, protocol: 'HTTP', allowedRoutes },
        {
          name: 'https',
          hostname: host,
          port: 443,
          protocol: 'HTTPS',
          tls: { mode: 'Terminate', certificateRefs: [{ name: gateway.certificate }] },
          allowedRoutes,
        },
      ],
    },
  } satisfies IGateway;
}

/** Sends plain HTTP to HTTPS. Browsers do not follow a redirect of an upgrade, so pages use `wss:`. */
export function redirectRoute({ host }: Settings, installation: Installation) {
  return route('admit-one-redirect', 'http', host, installation, [
    { filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] },
  ]);
}

export function publicRoute({ host, gateway }: Settings, installation: Installation) {
  return route(
    NAME,
    'https',
    host,
    installation,
    services.map((service) => rule(service, gateway)),
  );
}

function rule({ name, port }: ServiceTraits, { longTimeouts }: Settings['gateway']) {
  return {
    matches: publicPaths[name].map(({ type, value }) => ({
      path: { type: type === 'Prefix' ? ('PathPrefix' as const) : type, value },
    })),
    backendRefs: [{ name, port }],
    // Connections last for CONNECTION_LIFETIME_SECONDS, live views and exports as long as they take.
    ...(name === 'ticket-service' ? {} : { timeouts: unlessEmpty(longTimeouts) }),
  };
}

function route(
  name: string,
  sectionName: string,
  host: string,
  installation: Installation,
  rules: IHTTPRoute['spec']['rules'],
) {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: sharedMetadata(name, installation),
    spec: { parentRefs: [{ name: NAME, sectionName }], hostnames: [host], rules },
  } satisfies IHTTPRoute;
}

/** For clusters without a gateway. Ingress-NGINX is retired: take a controller that is looked after. */
export function ingress({ host, ingress }: Settings, installation: Installation) {
  const paths = services.flatMap(({ name, port }) =>
    publicPaths[name].map(({ type, value }) => ({
      path: value,
      pathType: type,
      backend: { service: { name, port: { number: port } } },
    })),
  );
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: sharedMetadata(NAME, installation),
    spec: {
      ingressClassName: ingress.className,
      tls: unlessEmpty(ingress.tls),
      rules: [{ host, http: { paths } }],
    },
  } satisfies IIngress;
}
