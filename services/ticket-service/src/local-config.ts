import { type LocalIssuers, principalRuleOf, trustedIssuerOf } from '@admit-one/identity';
import type { TicketConfig } from './config.ts';
import type { TicketVariables } from './variables.ts';

/** The configuration where there is a data directory: its issuers stand in where none is configured. */
export function withLocalIssuers(
  config: TicketConfig,
  variables: TicketVariables,
  { users, anonymous }: LocalIssuers,
): TicketConfig {
  const { ANONYMOUS_SESSIONS, ANONYMOUS_TOKEN_SECONDS: tokenSeconds } = variables;
  const local = () => ({ ...trustedIssuerOf(users), principals: principalRuleOf(variables) });
  return {
    ...config,
    issuers: config.issuers.length > 0 ? config.issuers : [local()],
    anonymous: config.anonymous ?? (ANONYMOUS_SESSIONS ? { key: anonymous.key, tokenSeconds } : null),
  };
}
