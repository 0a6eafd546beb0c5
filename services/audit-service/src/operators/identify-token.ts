import {
  breakGlassIssuerOf,
  createTokenVerifier,
  type IssuerConfig,
  type Operator,
  type OperatorScope,
  type OperatorSource,
  operatorOfToken,
  type TokenVerifierOptions,
} from '@admit-one/identity';
import { RejectionError } from '@admit-one/runtime';
import type { OperatorsConfig } from './config.ts';

/**
 * Finds out for whom a token speaks.
 * @throws {TokenError} where the token is no good
 */
export type IdentifyToken = (token: string) => Promise<Operator>;

type TokensConfig = Pick<OperatorsConfig, 'issuers' | 'breakGlass' | 'scopeRules'>;

/** Makes the identification of operators by token. @param observer hears of issuers that cannot be asked */
export function createIdentifyToken(
  config: TokensConfig,
  observer: Omit<TokenVerifierOptions<IssuerConfig>, 'issuers'> = {},
): IdentifyToken {
  const tokens = createTokenVerifier({ issuers: operatorIssuersOf(config), ...observer });
  return async (token) => operatorOfToken(await tokens.verify(token), config.scopeRules);
}

/** Whose tokens speak for operators: those of the configured issuers, and those made offline where they are accepted. */
export function operatorIssuersOf({
  issuers,
  breakGlass,
}: Pick<TokensConfig, 'issuers' | 'breakGlass'>): readonly IssuerConfig[] {
  return breakGlass ? [...issuers, breakGlassIssuerOf(breakGlass)] : issuers;
}

/** Lets through whoever has the scope. @throws {RejectionError} `scope_missing` */
export function requireScope(operator: Operator, scope: OperatorScope): Operator {
  if (operator.scopes.includes(scope)) return operator;
  throw new RejectionError('scope_missing', { scope, detail: withoutScope(scope, operator.from) });
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
