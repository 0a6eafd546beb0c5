import { issuerFaultsOf, issuerSettingsOf } from '@admit-one/identity';
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
  const missing =
    operatorRequired && variables.OPERATOR_ISSUER === undefined
      ? ['OPERATOR_ISSUER: is not set. Without it nobody could read the audit trail.']
      : [];
  return [...missing, ...issuerFaultsOf(issuerSettingsOf(variables, 'OPERATOR'), 'OPERATOR')];
}
