import {
  ADMIT_PROTOCOL,
  type HandshakeContext,
  HEARTBEAT_PROTOCOL,
  queryWithoutTickets,
  withoutSecrets,
} from '@admit-one/gate';

/** The handshake with an upstream, as ws takes it. */
export interface UpstreamRequest {
  readonly url: URL;
  readonly protocols: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Says who the connection is for, as a JWT. */
export const PRINCIPAL_HEADER = 'X-Admit-Principal';

const OWN_PROTOCOLS: readonly string[] = [ADMIT_PROTOCOL, HEARTBEAT_PROTOCOL];

/**
 * The request to the upstream of a client's handshake. It has neither the ticket nor any header of the client but those
 * here. Scheme, host, port and path are the configured ones; the client's query is added to the configured one, without the
 * parameters that are configured.
 * @param forwardedHeaders more headers of the client to pass on, in lower case
 */
export function upstreamRequestOf(
  { target, headers, protocols, context, trace }: HandshakeContext,
  upstream: URL,
  forwardedHeaders: readonly string[],
  principal: string,
): UpstreamRequest {
  const forwarded = ['origin', 'user-agent', ...forwardedHeaders].map((name) => [name, headers[name]]);
  const own = {
    [PRINCIPAL_HEADER]: principal,
    'X-Forwarded-For': context.address,
    traceparent: trace.traceparent,
  };
  const sent = [...forwarded, ...Object.entries(own)].filter(([, value]) => typeof value === 'string');
  return {
    url: withQuery(upstream, queryWithoutTickets(target)),
    protocols: withoutSecrets(protocols).filter((protocol) => !OWN_PROTOCOLS.includes(protocol)),
    headers: Object.fromEntries(sent),
  };
}

function withQuery(upstream: URL, query: string): URL {
  const theirs = query.split('&').filter((parameter) => {
    const [name] = new URLSearchParams(parameter).keys();
    return name !== undefined && !upstream.searchParams.has(name);
  });
  const url = new URL(upstream);
  url.search = [upstream.search.slice(1), ...theirs].filter((part) => part !== '').join('&');
  return url;
}
