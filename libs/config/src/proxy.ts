import { parseSigningKey, type SigningKey } from '@admit-one/identity';
import { type Static, type TObject, Type } from 'typebox';
import { listVariable, SECRET } from './read-variables.ts';
import type { RouteRule } from './routes.ts';
import { signingKeyIssues } from './signing-key-issues.ts';

/** The variables of proxy routes. */
export const proxyVariables = {
  PROXY_SIGNING_KEY: Type.Optional(
    Type.String({
      ...SECRET,
      description:
        'Private JWK (EC, P-256) that signs `X-Admit-Principal` for the upstreams of proxy routes, as `admit keys` makes it. Use the same key on all replicas.',
    }),
  ),
  PROXY_FORWARD_HEADERS: listVariable({
    default: '',
    description:
      'Headers of a client that an upstream gets, in addition to `Origin`, `User-Agent` and its address. Cookies and `Authorization` only if they are listed.',
    examples: ['accept-language,cookie'],
  }),
};

type ProxyVariables = Static<TObject<typeof proxyVariables>>;

export interface ProxyConfig {
  readonly signingKey: SigningKey;
  /** In lower case. */
  readonly forwardedHeaders: readonly string[];
  /** The longest that a handshake with an upstream may take. */
  readonly handshakeMs: number;
}

/** Its ticket is held for 5 s: the confirm has the rest. */
const HANDSHAKE_MS = 3_000;

const HEADER = /^[a-z0-9!#$%&'*+.^_`|~-]+$/i;
/** Those of the upgrade itself, those that the edge sets, and those that would change how the request is read. */
const OWN =
  /^(?:connection|upgrade|host|origin|user-agent|content-.*|transfer-encoding|te|trailer|keep-alive|expect|http2-settings|proxy-.*|sec-websocket-.*|x-admit-.*|forwarded|x-forwarded-.*|traceparent|tracestate)$/i;

/** The issues of `proxyVariables` that their schemas can't express. */
export function proxyIssues({
  PROXY_SIGNING_KEY: key,
  PROXY_FORWARD_HEADERS: headers = [],
}: Partial<ProxyVariables>): readonly string[] {
  const notForwarded = headers.filter((name) => !HEADER.test(name) || OWN.test(name));
  return [
    ...notForwarded.map(
      (name) => `PROXY_FORWARD_HEADERS: ${JSON.stringify(name)} is not a header that can be passed on`,
    ),
    ...signingKeyIssues('PROXY_SIGNING_KEY', key),
  ];
}

/** The issue of a process without a local key. @param routes as `parseRoutes` returns them */
export function missingProxyKeyIssues(
  { PROXY_SIGNING_KEY: key }: Partial<ProxyVariables>,
  routes: ReadonlyMap<string, RouteRule>,
): readonly string[] {
  return key === undefined && hasProxy(routes)
    ? [
        'PROXY_SIGNING_KEY: is not set. Proxy routes need a private JWK (EC, P-256), which `admit keys` makes.',
      ]
    : [];
}

/** Null where no route is a proxy. @param localKey is used where none is set */
export function proxyConfigOf(
  { PROXY_SIGNING_KEY: key, PROXY_FORWARD_HEADERS: headers }: ProxyVariables,
  routes: ReadonlyMap<string, RouteRule>,
  localKey?: SigningKey,
): ProxyConfig | null {
  const signingKey = key === undefined ? localKey : parseSigningKey(key);
  if (!hasProxy(routes) || signingKey === undefined) return null;
  const forwardedHeaders = headers.map((name) => name.toLowerCase());
  return { signingKey, forwardedHeaders, handshakeMs: HANDSHAKE_MS };
}

function hasProxy(routes: ReadonlyMap<string, RouteRule>): boolean {
  return [...routes.values()].some((rule) => typeof rule === 'object');
}
