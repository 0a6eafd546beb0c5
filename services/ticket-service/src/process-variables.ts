import {
  type Environment,
  engineIssues,
  hostIssues,
  natsVariables,
  originVariables,
  portVariable,
  processVariables,
  readVariables,
  redisVariables,
} from '@admit-one/runtime';
import { type Static, Type } from 'typebox';
import { missingKeyIssues, ticketIssues } from './config-faults.ts';
import { ticketVariables } from './variables.ts';

/** The variables of a ticket-service in a process of its own. */
export const ticketProcessVariables = {
  ...processVariables,
  PORT: portVariable(8080),
  ...natsVariables,
  ...redisVariables,
  ...originVariables,
  ...ticketVariables,
};

const schema = Type.Object(ticketProcessVariables);

export type TicketProcessVariables = Static<typeof schema>;

/**
 * Reads the environment.
 * @throws {ConfigError} with every fault
 */
export function readTicketProcessVariables(environment: Environment): TicketProcessVariables {
  return readVariables(schema, environment, (variables) => [
    ...engineIssues(variables),
    ...hostIssues(variables),
    ...ticketIssues(variables),
    ...missingKeyIssues(variables),
  ]);
}
