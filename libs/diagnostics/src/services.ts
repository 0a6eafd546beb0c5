import {
  type AuditServiceVariables,
  auditServiceIssues,
  auditServiceVariables,
  type EnvironmentVariables,
  type StandaloneVariables,
  standaloneIssues,
  standaloneVariables,
  type TicketServiceVariables,
  ticketServiceIssues,
  ticketServiceVariables,
  tryVariables,
  type WsEdgeVariables,
  wsEdgeIssues,
  wsEdgeVariables,
} from '@admit-one/config';
import { Type } from 'typebox';

/** The services of a deployment, each a process. */
export const serviceNames = ['ticket-service', 'ws-edge', 'audit-service'] as const;

/** All services in one process. */
export const STANDALONE = 'standalone';

export type ServiceName = (typeof serviceNames)[number] | typeof STANDALONE;

/** The variables of several services that are valid by themselves. */
export type ValidVariables = Partial<
  TicketServiceVariables & WsEdgeVariables & AuditServiceVariables & StandaloneVariables
>;

/** What a service reads from the environment. */
export interface Reading {
  /** Those that are valid by themselves. */
  readonly variables: ValidVariables;
  readonly issues: readonly string[];
}

/** Reads the environment as each service does. */
export const readers: Readonly<Record<ServiceName, (environment: EnvironmentVariables) => Reading>> = {
  'ticket-service': (environment) =>
    tryVariables(Type.Object(ticketServiceVariables), environment, ticketServiceIssues),
  'ws-edge': (environment) => tryVariables(Type.Object(wsEdgeVariables), environment, wsEdgeIssues),
  'audit-service': (environment) =>
    tryVariables(Type.Object(auditServiceVariables), environment, auditServiceIssues),
  standalone: (environment) => tryVariables(Type.Object(standaloneVariables), environment, standaloneIssues),
};
