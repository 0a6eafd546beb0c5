import { type Static, type TObject, Type } from 'typebox';

/** A limit; 0 switches it off. */
export function limitVariable(limit: number, description: string) {
  return Type.Integer({ minimum: 0, default: limit, description: `${description} 0: no limit.` });
}

/** A limit as it is compared. */
export function limitOf(variable: number): number {
  return variable === 0 ? Number.POSITIVE_INFINITY : variable;
}

/** Of every service that authenticates. */
export const failedTokenVariables = {
  FAILED_TOKENS_PER_MINUTE: limitVariable(
    3_000,
    'Requests without an accepted token that one network (IPv4 address, IPv6 /64; eight times as many for a /48) may send to an instance in a minute. Further ones get 429 instead of 401; requests with an accepted token are never counted.',
  ),
};

/** How often who may ask. The SDK needs at most 32 tickets a minute: three tabs of a session never meet its default. */
export const ticketLimitVariables = {
  TICKETS_PER_SESSION_PER_MINUTE: limitVariable(
    100,
    'Tickets that one session may request in a minute, over all instances; as many renewals of its connections, status requests and log-outs.',
  ),
  TICKETS_PER_USER_PER_MINUTE: limitVariable(300, 'The same for all sessions of one user.'),
  ...failedTokenVariables,
  ANONYMOUS_SESSIONS_PER_MINUTE: limitVariable(
    3_000,
    'Anonymous sessions that one network may start at an instance in a minute.',
  ),
};

type LimitVariables = Static<TObject<typeof ticketLimitVariables>>;

/** Per minute; infinite where there is none. */
export interface TicketLimits {
  readonly ticketsPerSession: number;
  readonly ticketsPerUser: number;
  readonly failedTokens: number;
  readonly anonymousSessions: number;
}

export function ticketLimitsOf(variables: LimitVariables): TicketLimits {
  return {
    ticketsPerSession: limitOf(variables.TICKETS_PER_SESSION_PER_MINUTE),
    ticketsPerUser: limitOf(variables.TICKETS_PER_USER_PER_MINUTE),
    failedTokens: limitOf(variables.FAILED_TOKENS_PER_MINUTE),
    anonymousSessions: limitOf(variables.ANONYMOUS_SESSIONS_PER_MINUTE),
  };
}
