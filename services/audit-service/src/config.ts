import { type OperatorsConfig, operatorsConfigOf } from './operators/config.ts';
import type { AuditVariables } from './variables.ts';

/** What the audit-service is configured with, wherever that comes from. */
export interface AuditConfig {
  readonly operators: OperatorsConfig;
  /** How long an event may be missing before it counts as lost. */
  readonly gapGraceMs: number;
  /** How often sequences are looked at for gaps. */
  readonly gapCheckMs: number;
}

const GAP_CHECK_MS = 1_000;

/** Makes the configuration of variables that `auditFaults` finds nothing wrong with. */
export function auditConfigOf(variables: AuditVariables): AuditConfig {
  return {
    operators: operatorsConfigOf(variables),
    gapGraceMs: variables.SEQUENCE_GAP_GRACE_SECONDS * 1000,
    gapCheckMs: GAP_CHECK_MS,
  };
}
