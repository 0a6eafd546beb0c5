import {
  type Environment,
  engineIssues,
  hostIssues,
  natsVariables,
  originVariables,
  portVariable,
  processVariables,
  readVariables,
} from '@admit-one/runtime';
import { type Static, Type } from 'typebox';
import { edgeIssues } from './edge-config.ts';
import { edgeVariables } from './edge-variables.ts';

/** The variables of a ws-edge in a process of its own. */
export const edgeProcessVariables = {
  ...processVariables,
  PORT: portVariable(8081),
  ...natsVariables,
  ...originVariables,
  ...edgeVariables,
};

const schema = Type.Object(edgeProcessVariables);

export type EdgeProcessVariables = Static<typeof schema>;

/**
 * Reads the environment.
 * @throws {ConfigError} with every fault
 */
export function readEdgeProcessVariables(environment: Environment): EdgeProcessVariables {
  return readVariables(schema, environment, (variables) => [
    ...engineIssues(variables),
    ...hostIssues(variables),
    ...edgeIssues(variables),
  ]);
}
