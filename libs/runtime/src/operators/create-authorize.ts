import type { IncomingMessage } from 'node:http';
import { type OperatorsConfig, operatorIssuersOf } from '@admit-one/config';
import {
  type Authentication,
  bearerTokenOf,
  createOperatorAuthentication,
  type Operator,
  type OperatorScope,
  operatorOfProxy,
  requireScope,
  tokenChecks,
  trustIssuers,
} from '@admit-one/identity';
import type { FastifyRequest } from 'fastify';
import type { FailureLimit } from '../failure-limit.ts';
import { RejectionError } from '../http/rejection-error.ts';
import { limitFailures } from '../limit-failures.ts';
import type { IssuerKeysObserver } from '../observe-issuer-keys.ts';
import { createReadProxiedIdentity } from './proxied-identity.ts';
import { soleHeaderOf } from './sole-header.ts';

/** The header of bearer tokens (RFC 6750). */
const AUTHORIZATION = 'authorization';

/**
 * Authenticates an operator and checks the scope. A token takes precedence over a proxy's identity headers. Failures are
 * limited by network.
 * @throws {RejectionError} where the operator is not authenticated, or the scope is missing
 */
export type Authorize = (
  request: Pick<FastifyRequest, 'raw' | 'clientAddress'>,
  scope: OperatorScope,
) => Promise<Operator>;

export function createAuthorize(
  config: OperatorsConfig,
  issuerKeys: IssuerKeysObserver,
  failureLimit: FailureLimit,
): Authorize {
  const { scopeRules, tokenHeader, proxy } = config;
  const authenticateToken = createOperatorAuthentication({
    issuers: trustIssuers(operatorIssuersOf(config), issuerKeys),
    maxTokenBytes: config.maxTokenBytes,
    scopeRules,
  });
  const readProxied = proxy && createReadProxiedIdentity(proxy);

  async function authenticate(
    request: IncomingMessage,
    scope: OperatorScope,
  ): Promise<Authentication<Operator>> {
    const token = tokenOfRequest(request, tokenHeader);
    if (token !== null) return authenticateToken(token, scope);
    const proxied = readProxied?.(request);
    if (proxied && 'user' in proxied) return requireScope(operatorOfProxy(proxied, scopeRules), scope);
    const details = proxied
      ? [missingTokenDetail(tokenHeader), proxied.detail]
      : [missingTokenDetail(tokenHeader)];
    return { kind: 'rejected', rejection: { reason: 'token_invalid', detail: details.join(' ') } };
  }

  return ({ raw, clientAddress }, scope) =>
    limitFailures(failureLimit, clientAddress, async () => {
      const result = await authenticate(raw, scope);
      if (result.kind === 'rejected') throw new RejectionError(result.rejection.reason, result.rejection);
      return result.who;
    });
}

/**
 * The token of a request: the whole value of the configured header, which a proxy adds, or else a bearer token.
 * @throws {RejectionError} `token_invalid` where a header occurs more than once
 */
function tokenOfRequest(request: IncomingMessage, tokenHeader: string): string | null {
  const bare = tokenHeader === AUTHORIZATION ? null : soleHeaderOf(request, tokenHeader);
  return bare ?? bearerTokenOf(soleHeaderOf(request, AUTHORIZATION) ?? undefined);
}

function missingTokenDetail(tokenHeader: string): string {
  if (tokenHeader === AUTHORIZATION) return tokenChecks.missing;
  return `There is no token in the header ${tokenHeader}, nor a bearer token in Authorization: come through the proxy that adds it, or send one.`;
}
