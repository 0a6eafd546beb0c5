import { missingOperatorIssues, operatorIssues } from './operators/config-faults.ts';
import type { AuditVariables } from './variables.ts';

/**
 * Everything that is wrong with the variables taken together: the check of `readVariables`.
 * @param options.operatorRequired whether nobody else brings operators along
 */
export function auditIssues(
  variables: Partial<AuditVariables>,
  { operatorRequired }: { readonly operatorRequired: boolean },
): readonly string[] {
  return [...(operatorRequired ? missingOperatorIssues(variables) : []), ...operatorIssues(variables)];
}
