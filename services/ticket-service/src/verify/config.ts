import { carrierIssues, isTicketCarrier, type TicketCarrier } from '@admit-one/gate';
import type { Static, TObject } from 'typebox';
import { parseRoutePrefixes, type RoutePrefix } from './route-prefixes.ts';
import type { verifyVariables } from './variables.ts';

export type VerifyVariables = Static<TObject<typeof verifyVariables>>;

/** By which rules requests are verified for proxies. */
export interface VerifyConfig {
  readonly requireOrigin: boolean;
  readonly carriers: readonly TicketCarrier[];
  readonly routes: readonly RoutePrefix[];
}

/** What is wrong with the variables beyond each one's own form. */
export function verifyIssues(variables: Partial<VerifyVariables>): readonly string[] {
  const { TICKET_CARRIERS, VERIFY_ROUTES } = variables;
  return [
    ...(TICKET_CARRIERS ? carrierIssues(TICKET_CARRIERS) : []).map((fault) => `TICKET_CARRIERS: ${fault}`),
    ...(VERIFY_ROUTES ? parseRoutePrefixes(VERIFY_ROUTES).faults : []).map(
      (fault) => `VERIFY_ROUTES: ${fault}`,
    ),
  ];
}

/** The rules. @param variables free of `verifyFaults` */
export function verifyConfigOf(variables: VerifyVariables): VerifyConfig {
  return {
    requireOrigin: variables.REQUIRE_ORIGIN,
    carriers: variables.TICKET_CARRIERS.filter(isTicketCarrier),
    routes: parseRoutePrefixes(variables.VERIFY_ROUTES).prefixes,
  };
}
