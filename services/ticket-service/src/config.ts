import { parseSigningKey, type SigningKey, type UserIssuerConfig, userIssuersOf } from '@admit-one/identity';
import type { TicketVariables } from './variables.ts';
import { type VerifyConfig, verifyConfigOf } from './verify/config.ts';

/** What the ticket-service is configured with, wherever that comes from. */
export interface TicketConfig {
  readonly ticketTtlSeconds: number;
  /** Whose tokens get tickets. */
  readonly issuers: readonly UserIssuerConfig[];
  /** Anonymous sessions, or null where they are switched off. */
  readonly anonymous: AnonymousConfig | null;
  /** How requests are verified for proxies. */
  readonly verify: VerifyConfig;
}

export interface AnonymousConfig {
  readonly key: SigningKey;
  readonly tokenSeconds: number;
}

/**
 * Makes the configuration of variables that `ticketFaults` finds nothing wrong with. Without a key of their own,
 * anonymous sessions stay off.
 */
export function ticketConfig(variables: TicketVariables): TicketConfig {
  const { ANONYMOUS_SESSIONS, ANONYMOUS_SIGNING_KEY: key } = variables;
  return {
    ticketTtlSeconds: variables.TICKET_TTL_SECONDS,
    issuers: userIssuersOf(variables),
    anonymous:
      ANONYMOUS_SESSIONS && key !== undefined
        ? { key: parseSigningKey(key), tokenSeconds: variables.ANONYMOUS_TOKEN_SECONDS }
        : null,
    verify: verifyConfigOf(variables),
  };
}
