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

type OperatorRequest = Pick<FastifyRequest, 'raw' | 'clientAddress'>;

/**
 * Authenticates an operator and checks the scope.
 * @throws {RejectionError} where the operator is not authenticated, or the scope is missing
 */
export type Authorize = (request: OperatorRequest, scope: OperatorScope) => Promise<Operator>;

/** A token takes precedence over a proxy's identity headers. Failures are limited by network. */
export interface OperatorAccess {
  readonly authorize: Authorize;
  /**
   * The operator of a request, whatever the scopes; null where the request has neither a token nor a proxy's identity.
   * @throws {RejectionError} where it has one that is not accepted
   */
  identify(request: OperatorRequest): Promise<Operator | null>;
}

export interface OperatorAccessOptions {
  readonly config: OperatorsConfig;
  readonly issuerKeys: IssuerKeysObserver;
  readonly failureLimit: FailureLimit;
  /** Whether a break-glass token was withdrawn, by its id. Asked for each request with one. */
  readonly isWithdrawn?: (tokenId: string) => Promise<boolean>;
}

export function createOperatorAccess(options: OperatorAccessOptions): OperatorAccess {
  const { config, issuerKeys, failureLimit, isWithdrawn } = options;
  const { scopeRules, tokenHeader, proxy } = config;
  const authenticateToken = createOperatorAuthentication({
    issuers: trustIssuers(operatorIssuersOf(config), issuerKeys),
    maxTokenBytes: config.maxTokenBytes,
    scopeRules,
  });
  const readProxied = proxy && createReadProxiedIdentity(proxy);

  async function authenticate(request: IncomingMessage): Promise<Authentication<Operator> | NoCredentials> {
    const token = tokenOfRequest(request, tokenHeader);
    if (token !== null) return checkWithdrawn(await authenticateToken(token));
    const proxied = readProxied?.(request);
    if (proxied && 'user' in proxied)
      return { kind: 'authenticated', who: operatorOfProxy(proxied, scopeRules) };
    const details = proxied
      ? [missingTokenDetail(tokenHeader), proxied.detail]
      : [missingTokenDetail(tokenHeader)];
    return { kind: 'none', detail: details.join(' ') };
  }

  async function checkWithdrawn(result: Authentication<Operator>): Promise<Authentication<Operator>> {
    if (result.kind === 'rejected' || result.who.from.kind !== 'break_glass') return result;
    if (!(await isWithdrawn?.(result.who.from.tokenId))) return result;
    return { kind: 'rejected', rejection: { reason: 'token_invalid', detail: WITHDRAWN } };
  }

  return {
    authorize: ({ raw, clientAddress }, scope) =>
      limitFailures(failureLimit, clientAddress, async () => {
        const result = await authenticate(raw);
        if (result.kind === 'none') throw new RejectionError('token_invalid', { detail: result.detail });
        return acceptedOf(requireScope(result, scope));
      }),
    identify: ({ raw, clientAddress }) =>
      limitFailures(failureLimit, clientAddress, async () => {
        const result = await authenticate(raw);
        return result.kind === 'none' ? null : acceptedOf(result);
      }),
  };
}

/** The request has no credentials; why, as sentences. */
interface NoCredentials {
  readonly kind: 'none';
  readonly detail: string;
}

const WITHDRAWN =
  'The break-glass token was withdrawn: make another one with npx @admit-one/cli token --break-glass.';

/** @throws {RejectionError} */
function acceptedOf(result: Authentication<Operator>): Operator {
  if (result.kind === 'rejected') throw new RejectionError(result.rejection.reason, result.rejection);
  return result.who;
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
