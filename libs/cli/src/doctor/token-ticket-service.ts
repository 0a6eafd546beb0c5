import type { Principal } from '@admit-one/core';
import { explainUserToken, type LocalIssuers, principalRuleOf } from '@admit-one/identity';
import type { Environment } from '@admit-one/runtime';
import {
  acceptedIssuersOf,
  createAuthenticate,
  rejectionErrorOf,
  ticketConfig,
  ticketIssues,
  ticketVariables,
  withLocalIssuers,
} from '@admit-one/ticket-service';
import { Type } from 'typebox';
import type { TokenService } from './token-services.ts';
import { readTokenSettings } from './token-settings.ts';
import type { TokenVerdict } from './token-verdict.ts';

/** The ticket-service as it looks at tokens. @param local the issuers of a data directory */
export function ticketTokens(environment: Environment, local: LocalIssuers | undefined): TokenService {
  const { ANONYMOUS_SESSIONS } = ticketVariables;
  const schema = Type.Object({
    ...ticketVariables,
    ANONYMOUS_SESSIONS: { ...ANONYMOUS_SESSIONS, default: local !== undefined },
  });
  const settings = readTokenSettings(schema, environment, ticketIssues, { JWT_AUDIENCE: ['*'] });
  const { variables, faults, isUsable } = settings;
  const name = 'ticket-service';
  if (!isUsable)
    return { name, faults, issuers: [], explain: async () => [], judge: async () => ({ kind: 'none' }) };

  const configured = ticketConfig(variables);
  const config = local ? withLocalIssuers(configured, variables, local) : configured;
  const issuers = acceptedIssuersOf(config);
  const listed = variables.JWT_ISSUERS !== undefined;
  const rule = principalRuleOf(variables);
  const authenticate = createAuthenticate({ issuers });

  async function judge(token: string): Promise<TokenVerdict> {
    if (faults.length > 0) return { kind: 'none' };
    try {
      return { kind: 'accepted', as: nameOf(await authenticate(`Bearer ${token}`)) };
    } catch (error) {
      return { kind: 'refused', refusal: rejectionErrorOf(error) };
    }
  }

  return {
    name,
    faults,
    issuers: issuers.map(({ issuer }) => issuer),
    explain: (token) => explainUserToken(token, { prefix: 'JWT', listed, issuers, rule }),
    judge,
  };
}

function nameOf({ session, issuer, user }: Principal): string {
  const ofUser = user === null ? '' : `, user ${JSON.stringify(user)}`;
  return `session ${JSON.stringify(session)} of issuer ${issuer}${ofUser}`;
}
