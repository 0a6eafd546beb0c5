import {
  auditConfigOf,
  auditFaults,
  auditVariables,
  createIdentifyToken,
  operatorIssuersOf,
  refusalOf,
  requireScope,
  withLocalOperators,
} from '@admit-one/audit-service';
import {
  bearerTokenOf,
  explainOperatorToken,
  type LocalIssuers,
  type Operator,
  TokenError,
} from '@admit-one/identity';
import { type Environment, RejectionError } from '@admit-one/runtime';
import { Type } from 'typebox';
import type { TokenService } from './token-services.ts';
import { readTokenSettings } from './token-settings.ts';
import type { TokenVerdict } from './token-verdict.ts';

const schema = Type.Object(auditVariables);

/** The audit-service as it looks at operators' tokens. @param local the issuers of a data directory */
export function auditTokens(environment: Environment, local: LocalIssuers | undefined): TokenService {
  const { variables, faults, isUsable } = readTokenSettings(
    schema,
    environment,
    (read) => auditFaults(read, { operatorRequired: false }),
    { OPERATOR_AUDIENCE: ['*'] },
  );
  const name = 'audit-service';
  if (!isUsable)
    return { name, faults, issuers: [], explain: async () => [], judge: async () => ({ kind: 'none' }) };

  const configured = auditConfigOf(variables);
  const { operators } = local ? withLocalOperators(configured, local) : configured;
  const { scopeRules } = operators;
  const issuers = operatorIssuersOf(operators);
  const listed = variables.OPERATOR_ISSUERS !== undefined;
  const identify = createIdentifyToken(operators);

  async function judge(token: string): Promise<TokenVerdict> {
    if (faults.length > 0) return { kind: 'none' };
    try {
      const sent = bearerTokenOf(`Bearer ${token}`);
      if (sent === null) throw new TokenError('missing');
      return { kind: 'accepted', as: nameOf(requireScope(await identify(sent), 'audit:read')) };
    } catch (error) {
      return { kind: 'refused', refusal: refused(error) };
    }
  }

  return {
    name,
    faults,
    issuers: issuers.map(({ issuer }) => issuer),
    explain: (token) => explainOperatorToken(token, { prefix: 'OPERATOR', listed, issuers, scopeRules }),
    judge,
  };
}

function refused(error: unknown): RejectionError {
  if (error instanceof RejectionError) return error;
  if (!(error instanceof TokenError)) throw error;
  const refusal = refusalOf(error, undefined);
  if (refusal instanceof RejectionError) return refusal;
  throw refusal;
}

function nameOf({ subject, scopes, from }: Operator): string {
  const by = from.kind === 'token' ? `of issuer ${from.issuer}` : 'by a token made offline';
  return `operator ${JSON.stringify(subject)} ${by}, with the scope ${scopes.join(', ')}`;
}
