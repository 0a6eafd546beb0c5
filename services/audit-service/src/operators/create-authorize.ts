import type { IncomingMessage } from 'node:http';
import { type Operator, type OperatorScope, operatorOfProxy, tokenChecks } from '@admit-one/identity';
import { type Logger, type Meter, observeIssuerKeys, RejectionError } from '@admit-one/runtime';
import type { OperatorsConfig } from './config.ts';
import { createIdentifyToken, requireScope } from './identify-token.ts';
import { createReadProxiedIdentity } from './proxied-identity.ts';
import { AUTHORIZATION, tokenOfRequest } from './token-of-request.ts';

/**
 * Finds out who asks, and lets through whoever has the scope. A token counts more than a proxy's headers.
 * @throws {TokenError} where the token is no good
 * @throws {RejectionError} `token_invalid` where nobody is named, `scope_missing`
 */
export type Authorize = (request: IncomingMessage, scope: OperatorScope) => Promise<Operator>;

/** Makes the authorization of operators. */
export function createAuthorize(config: OperatorsConfig, log: Logger, meter: Meter): Authorize {
  const { scopeRules, tokenHeader, proxy } = config;
  const identifyToken = createIdentifyToken(config, observeIssuerKeys({ log, meter }));
  const readProxied = proxy && createReadProxiedIdentity(proxy);

  async function identify(request: IncomingMessage): Promise<Operator> {
    const token = tokenOfRequest(request, tokenHeader);
    if (token !== null) return identifyToken(token);
    const proxied = readProxied?.(request);
    if (proxied && 'user' in proxied) return operatorOfProxy(proxied, scopeRules);
    const details = proxied ? [noTokenIn(tokenHeader), proxied.detail] : [noTokenIn(tokenHeader)];
    throw new RejectionError('token_invalid', { detail: details.join(' ') });
  }

  return async (request, scope) => requireScope(await identify(request), scope);
}

function noTokenIn(tokenHeader: string): string {
  if (tokenHeader === AUTHORIZATION) return tokenChecks.missing;
  return `There is no token in the header ${tokenHeader}, nor a bearer token in Authorization: come through the proxy that adds it, or send one.`;
}
