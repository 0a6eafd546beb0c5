import {
  type Environment,
  engineIssues,
  hostIssues,
  natsVariables,
  originVariables,
  portVariable,
  postgresVariables,
  processVariables,
  readVariables,
} from '@admit-one/runtime';
import { type Static, Type } from 'typebox';
import { auditIssues } from './config-faults.ts';
import { auditVariables } from './variables.ts';

/** The variables of an audit-service in a process of its own. */
export const auditProcessVariables = {
  ...processVariables,
  PORT: portVariable(8082),
  ...natsVariables,
  ...postgresVariables,
  ...originVariables,
  ...auditVariables,
};

const schema = Type.Object(auditProcessVariables);

export type AuditProcessVariables = Static<typeof schema>;

/**
 * Reads the environment.
 * @throws {ConfigError} with every fault
 */
export function readAuditProcessVariables(environment: Environment): AuditProcessVariables {
  return readVariables(schema, environment, (variables) => [
    ...engineIssues(variables),
    ...hostIssues(variables),
    ...auditIssues(variables, { operatorRequired: true }),
  ]);
}
