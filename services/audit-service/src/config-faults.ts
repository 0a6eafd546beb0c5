import { isSignatureAlgorithm, parseKeySet, signatureAlgorithms } from '@admit-one/identity';
import { messageOf } from '@admit-one/runtime';
import type { AuditVariables } from './variables.ts';

type Given = Partial<AuditVariables>;

/**
 * Everything that is wrong with the variables taken together: the check of `readVariables`.
 * @param options.operatorRequired whether nobody else brings an issuer of operators along
 */
export function auditFaults(
  variables: Given,
  { operatorRequired }: { readonly operatorRequired: boolean },
): readonly string[] {
  return [
    ...(operatorRequired ? missingFaults(variables) : []),
    ...keysFaults(variables),
    ...urlFaults(variables),
    ...keySetFaults(variables),
    ...listFaults(variables),
  ];
}

function missingFaults({ OPERATOR_ISSUER }: Given): readonly string[] {
  return OPERATOR_ISSUER === undefined
    ? ['OPERATOR_ISSUER: is not set. Without it nobody could read the audit trail.']
    : [];
}

function keysFaults({ OPERATOR_ISSUER, OPERATOR_JWKS_URL, OPERATOR_JWKS }: Given): readonly string[] {
  const sources = [OPERATOR_JWKS_URL, OPERATOR_JWKS].filter((source) => source !== undefined);
  const faults: string[] = [];
  if (OPERATOR_ISSUER !== undefined && sources.length === 0)
    faults.push(
      "OPERATOR_JWKS_URL: is not set, nor is OPERATOR_JWKS. One of them gives the issuer's public keys.",
    );
  if (OPERATOR_ISSUER === undefined && sources.length > 0)
    faults.push('OPERATOR_ISSUER: is not set. The keys need the issuer they are of.');
  if (sources.length === 2) faults.push('OPERATOR_JWKS_URL: is set, and so is OPERATOR_JWKS. Keep one.');
  return faults;
}

function urlFaults({ OPERATOR_JWKS_URL: url }: Given): readonly string[] {
  if (url === undefined) return [];
  const { protocol, username, password } = URL.canParse(url) ? new URL(url) : new URL('none:');
  if (/^https?:$/.test(protocol) && username === '' && password === '') return [];
  return ['OPERATOR_JWKS_URL: is not an http(s) URL without user and password.'];
}

function keySetFaults({ OPERATOR_JWKS }: Given): readonly string[] {
  if (OPERATOR_JWKS === undefined) return [];
  try {
    parseKeySet(OPERATOR_JWKS);
    return [];
  } catch (error) {
    return [`OPERATOR_JWKS: ${messageOf(error)}.`];
  }
}

function listFaults({ OPERATOR_AUDIENCE, OPERATOR_ALGORITHMS }: Given): readonly string[] {
  const empty = Object.entries({ OPERATOR_AUDIENCE, OPERATOR_ALGORITHMS })
    .filter(([, list]) => list?.length === 0)
    .map(([name]) => `${name}: is an empty list.`);
  const unknown = (OPERATOR_ALGORITHMS ?? [])
    .filter((name) => !isSignatureAlgorithm(name))
    .map(
      (name) => `OPERATOR_ALGORITHMS: ${JSON.stringify(name)} is none of ${signatureAlgorithms.join(', ')}.`,
    );
  return [...empty, ...unknown];
}
