import { KeyError, parseSigningKey, validateIssuers } from '@admit-one/identity';
import type { TicketVariables } from './variables.ts';
import { verifyIssues } from './verify/config.ts';

type Given = Partial<TicketVariables>;

/** Everything that is wrong with the variables taken together: the check of `readVariables`. */
export function ticketIssues(variables: Given): readonly string[] {
  return [...validateIssuers(variables, 'JWT'), ...anonymousFaults(variables), ...verifyIssues(variables)];
}

/** What is missing where nobody makes keys for the service: nobody could get a ticket. */
export function missingKeyIssues(variables: Given): readonly string[] {
  const { JWT_ISSUER, JWT_ISSUERS, ANONYMOUS_SESSIONS, ANONYMOUS_SIGNING_KEY } = variables;
  const faults: string[] = [];
  if (JWT_ISSUER === undefined && JWT_ISSUERS === undefined && ANONYMOUS_SESSIONS === false)
    faults.push(
      'JWT_ISSUER: is not set, nor is JWT_ISSUERS, and ANONYMOUS_SESSIONS is off: nobody could get a ticket.',
    );
  if (ANONYMOUS_SESSIONS && ANONYMOUS_SIGNING_KEY === undefined)
    faults.push('ANONYMOUS_SIGNING_KEY: is not set. ANONYMOUS_SESSIONS needs a private JWK (EC, P-256).');
  return faults;
}

function anonymousFaults({ ANONYMOUS_SIGNING_KEY: key }: Given): readonly string[] {
  if (key === undefined) return [];
  try {
    parseSigningKey(key);
    return [];
  } catch (error) {
    if (error instanceof KeyError) return [`ANONYMOUS_SIGNING_KEY: ${error.message}.`];
    throw error;
  }
}
