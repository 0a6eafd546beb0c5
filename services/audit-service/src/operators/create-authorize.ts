import type { IncomingMessage } from 'node:http';
import {
  breakGlassIssuerOf,
  createTokenVerifier,
  type Operator,
  type OperatorScope,
  type OperatorSource,
  operatorOfProxy,
  operatorOfToken,
  tokenChecks,
} from '@admit-one/identity';
import { type Logger, type Meter, observeIssuerKeys, Refusal } from '@admit-one/runtime';
import type { OperatorsConfig } from './config.ts';
import { createReadProxiedIdentity } from './proxied-identity.ts';
import { AUTHORIZATION, tokenOfRequest } from './token-of-request.ts';

/**
 * Finds out who asks, and lets through whoever has the scope. A token counts more than a proxy's headers.
 * @throws {TokenError} where the token is no good
 * @throws {Refusal} `token_invalid` where nobody is named, `scope_missing`
 */
export type Authorize = (request: IncomingMessage, scope: OperatorScope) => Promise<Operator>;

/** Makes the authorization of operators. */
export function createAuthorize(config: OperatorsConfig, log: Logger, meter: Meter): Authorize {
  const { issuers, breakGlass, scopeRules, tokenHeader, proxy } = config;
  const tokens = createTokenVerifier({
    issuers: breakGlass ? [...issuers, breakGlassIssuerOf(breakGlass)] : issuers,
    ...observeIssuerKeys({ log, meter }),
  });
  const readProxied = proxy && createReadProxiedIdentity(proxy);

  async function identify(request: IncomingMessage): Promise<Operator> {
    const token = tokenOfRequest(request, tokenHeader);
    if (token !== null) return operatorOfToken(await tokens.verify(token), scopeRules);
    const proxied = readProxied?.(request);
    if (proxied && 'user' in proxied) return operatorOfProxy(proxied, scopeRules);
    const details = proxied ? [noTokenIn(tokenHeader), proxied.detail] : [noTokenIn(tokenHeader)];
    throw new Refusal('token_invalid', { detail: details.join(' ') });
  }

  return async (request, scope) => {
    const operator = await identify(request);
    if (operator.scopes.includes(scope)) return operator;
    throw new Refusal('scope_missing', { scope, detail: withoutScope(scope, operator.from) });
  };
}

function noTokenIn(tokenHeader: string): string {
  if (tokenHeader === AUTHORIZATION) return tokenChecks.missing;
  return `There is no token in the header ${tokenHeader}, nor a bearer token in Authorization: come through the proxy that adds it, or send one.`;
}

function withoutScope(scope: OperatorScope, { kind }: OperatorSource): string {
  switch (kind) {
    case 'token':
      return `The token lacks the scope ${scope}: let its issuer add it, or add a rule to OPERATOR_SCOPE_RULES for a claim that it has, such as groups:sre=${scope}.`;
    case 'proxy':
      return `No rule grants the scope ${scope} to this user: add one to OPERATOR_SCOPE_RULES, such as groups:sre=${scope} or user:ann@example.com=${scope}.`;
    case 'break_glass':
      return `The break-glass token lacks the scope ${scope}: make another one with admit token --break-glass.`;
    default:
      throw kind satisfies never;
  }
}
