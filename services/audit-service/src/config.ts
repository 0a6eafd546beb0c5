import { type IssuerConfig, isSignatureAlgorithm, parseKeySet } from '@admit-one/identity';
import type { AuditVariables } from './variables.ts';

/** What the audit-service is configured with, wherever that comes from. */
export interface AuditConfig {
  /** Whose tokens may read the trail, given the scope. */
  readonly operators: readonly IssuerConfig[];
  /** How long an event may be missing before it counts as lost. */
  readonly gapGraceMs: number;
  /** How often sequences are looked at for gaps. */
  readonly gapCheckMs: number;
}

const GAP_CHECK_MS = 1_000;

/** Makes the configuration of variables that `auditFaults` finds nothing wrong with. */
export function auditConfigOf(variables: AuditVariables): AuditConfig {
  return {
    operators: operatorsOf(variables),
    gapGraceMs: variables.SEQUENCE_GAP_GRACE_SECONDS * 1000,
    gapCheckMs: GAP_CHECK_MS,
  };
}

function operatorsOf(variables: AuditVariables): readonly IssuerConfig[] {
  const { OPERATOR_ISSUER: issuer, OPERATOR_JWKS_URL: jwksUrl, OPERATOR_JWKS: jwks } = variables;
  if (issuer === undefined) return [];
  return [
    {
      alias: 'operator',
      issuer,
      audiences: variables.OPERATOR_AUDIENCE,
      algorithms: variables.OPERATOR_ALGORITHMS.filter(isSignatureAlgorithm),
      keys: jwksUrl === undefined ? { jwks: parseKeySet(jwks ?? '') } : { jwksUrl },
    },
  ];
}
