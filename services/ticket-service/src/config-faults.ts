import {
  ANONYMOUS_ISSUER,
  isSignatureAlgorithm,
  KeyError,
  parseKeySet,
  parseSigningKey,
  signatureAlgorithms,
} from '@admit-one/identity';
import { ANY_AUDIENCE } from './config.ts';
import type { TicketVariables } from './variables.ts';

type Given = Partial<TicketVariables>;

/** Everything that is wrong with the variables taken together: the check of `readVariables`. */
export function ticketFaults(variables: Given): readonly string[] {
  return [
    ...issuerFaults(variables),
    ...keysFaults(variables),
    ...algorithmFaults(variables),
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

function issuerFaults(variables: Given): readonly string[] {
  const { JWT_ISSUER, JWT_ISSUER_ALIAS, JWT_AUDIENCE } = variables;
  const faults: string[] = [];
  if (JWT_ISSUER !== undefined && JWT_AUDIENCE?.length === 0)
    faults.push('JWT_AUDIENCE: is not set. List the accepted audiences, or * to accept tokens for any.');
  if (JWT_AUDIENCE && JWT_AUDIENCE.length > 1 && JWT_AUDIENCE.includes(ANY_AUDIENCE))
    faults.push('JWT_AUDIENCE: * stands alone; with it the other audiences mean nothing.');
  if (JWT_ISSUER === ANONYMOUS_ISSUER.issuer)
    faults.push(`JWT_ISSUER: ${ANONYMOUS_ISSUER.issuer} is our own issuer of anonymous sessions.`);
  if (JWT_ISSUER_ALIAS === ANONYMOUS_ISSUER.alias)
    faults.push(`JWT_ISSUER_ALIAS: ${ANONYMOUS_ISSUER.alias} is the alias of anonymous sessions.`);
  return faults;
}

function keysFaults({ JWT_ISSUER, JWT_JWKS_URL, JWT_JWKS }: Given): readonly string[] {
  const faults: string[] = [];
  const keyed = JWT_JWKS_URL !== undefined || JWT_JWKS !== undefined;
  if (JWT_ISSUER !== undefined && !keyed)
    faults.push("JWT_JWKS_URL: is not set, nor is JWT_JWKS. One of them gives the issuer's public keys.");
  if (JWT_ISSUER === undefined && keyed)
    faults.push('JWT_ISSUER: is not set. The keys of JWT_JWKS_URL or JWT_JWKS need the issuer they are of.');
  if (JWT_JWKS_URL !== undefined && JWT_JWKS !== undefined)
    faults.push('JWT_JWKS_URL: is set, and so is JWT_JWKS. Keep one.');
  if (JWT_JWKS_URL !== undefined && !isFetchable(JWT_JWKS_URL))
    faults.push('JWT_JWKS_URL: is not an http(s) URL without user and password.');
  if (JWT_JWKS !== undefined) faults.push(...keyFaults('JWT_JWKS', () => parseKeySet(JWT_JWKS)));
  return faults;
}

function algorithmFaults({ JWT_ALGORITHMS }: Given): readonly string[] {
  if (JWT_ALGORITHMS === undefined) return [];
  if (JWT_ALGORITHMS.length === 0) return ['JWT_ALGORITHMS: is an empty list.'];
  return JWT_ALGORITHMS.filter((name) => !isSignatureAlgorithm(name)).map(
    (name) => `JWT_ALGORITHMS: ${JSON.stringify(name)} is none of ${signatureAlgorithms.join(', ')}.`,
  );
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
  return key === undefined ? [] : keyFaults('ANONYMOUS_SIGNING_KEY', () => parseSigningKey(key));
}

function keyFaults(variable: string, parse: () => unknown): readonly string[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (error instanceof KeyError) return [`${variable}: ${error.message}.`];
    throw error;
  }
}

function isFetchable(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}
