import {
  ANONYMOUS_ISSUER,
  issuerFaultsOf,
  issuerSettingsOf,
  KeyError,
  parseSigningKey,
} from '@admit-one/identity';
import type { TicketVariables } from './variables.ts';

type Given = Partial<TicketVariables>;

/** Everything that is wrong with the variables taken together: the check of `readVariables`. */
export function ticketFaults(variables: Given): readonly string[] {
  return [
    ...issuerFaultsOf(issuerSettingsOf(variables, 'JWT'), 'JWT'),
    ...clashFaults(variables),
    ...sessionFaults(variables),
    ...anonymousFaults(variables),
  ];
}

/** What is missing where nobody makes keys for the service: nobody could get a ticket. */
export function missingKeyFaults(variables: Given): readonly string[] {
  const { JWT_ISSUER, ANONYMOUS_SESSIONS, ANONYMOUS_SIGNING_KEY } = variables;
  const faults: string[] = [];
  if (JWT_ISSUER === undefined && ANONYMOUS_SESSIONS === false)
    faults.push('JWT_ISSUER: is not set, and ANONYMOUS_SESSIONS is off: nobody could get a ticket.');
  if (ANONYMOUS_SESSIONS && ANONYMOUS_SIGNING_KEY === undefined)
    faults.push('ANONYMOUS_SIGNING_KEY: is not set. ANONYMOUS_SESSIONS needs a private JWK (EC, P-256).');
  return faults;
}

function clashFaults({ JWT_ISSUER, JWT_ISSUER_ALIAS }: Given): readonly string[] {
  const faults: string[] = [];
  if (JWT_ISSUER === ANONYMOUS_ISSUER.issuer)
    faults.push(`JWT_ISSUER: ${ANONYMOUS_ISSUER.issuer} is our own issuer of anonymous sessions.`);
  if (JWT_ISSUER_ALIAS === ANONYMOUS_ISSUER.alias)
    faults.push(`JWT_ISSUER_ALIAS: ${ANONYMOUS_ISSUER.alias} is the alias of anonymous sessions.`);
  return faults;
}

function sessionFaults({ JWT_SESSION_CLAIMS, SESSION_POLICY }: Given): readonly string[] {
  const faults: string[] = [];
  if (JWT_SESSION_CLAIMS?.includes('jti'))
    faults.push('JWT_SESSION_CLAIMS: jti names a token, not a session: it changes on every refresh.');
  if (JWT_SESSION_CLAIMS?.length === 0 && SESSION_POLICY === 'require')
    faults.push('JWT_SESSION_CLAIMS: is an empty list, and SESSION_POLICY=require needs a claim.');
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
