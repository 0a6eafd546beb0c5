import { missingOperatorFaults, operatorFaults } from './operators/config-faults.ts';
import type { AuditVariables } from './variables.ts';

/**
 * Everything that is wrong with the variables taken together: the check of `readVariables`.
 * @param options.operatorRequired whether nobody else brings operators along
 */
export function auditFaults(
  variables: Partial<AuditVariables>,
  { operatorRequired }: { readonly operatorRequired: boolean },
): readonly string[] {
  return [...(operatorRequired ? missingOperatorFaults(variables) : []), ...operatorFaults(variables)];
}
