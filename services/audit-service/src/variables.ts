import { type Static, type TObject, Type } from 'typebox';
import { operatorVariables } from './operators/variables.ts';

/** The variables of the audit-service, besides those that every process has. */
export const auditVariables = {
  ...operatorVariables,
  SEQUENCE_GAP_GRACE_SECONDS: Type.Number({
    minimum: 1,
    maximum: 3600,
    default: 10,
    description: 'How long an event may be missing from its sequence before it counts as lost.',
  }),
};

export type AuditVariables = Static<TObject<typeof auditVariables>>;
