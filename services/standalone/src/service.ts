import { CONSOLE, type ConsoleFiles, startAuditService } from '@admit-one/audit-service';
import {
  auditConfigOf,
  edgeConfigOf,
  type StandaloneVariables,
  settingsOf,
  standaloneVariables,
  ticketConfigOf,
} from '@admit-one/config';
import type { AuditLog, Bus, ControlStore, Outbox, TicketStore, UsageCounter } from '@admit-one/core';
import type { LocalIssuers, SigningKey } from '@admit-one/identity';
import type { HostContext } from '@admit-one/runtime';
import type { SealSigningKey } from '@admit-one/seals';
import { startTicketService, verifyPortOf } from '@admit-one/ticket-service';
import { startEdge } from '@admit-one/ws-edge';
import type { FastifyPluginAsync } from 'fastify';
import { createDemo } from './demo/demo.ts';
import type { DemoPage } from './demo/page-routes.ts';

/** What browsers get. */
export interface Pages {
  /** The demo page; null for none. */
  readonly page: DemoPage | null;
  /** Null for none. */
  readonly console: ConsoleFiles | null;
}

export interface ServicesDependencies extends Pages {
  readonly host: HostContext;
  readonly local: LocalIssuers;
  /** Of the data directory. */
  readonly localSigningKey: SealSigningKey;
  /** Of the data directory, for the upstreams of proxy routes. */
  readonly localProxyKey: SigningKey;
  readonly auditLog: AuditLog;
  readonly bus: Bus;
  readonly store: TicketStore;
  readonly outbox: Outbox;
  readonly control: ControlStore;
  readonly usage: UsageCounter;
}

/** The response to `GET /` without a demo page. */
const index = {
  name: 'Admit One',
  ticket: 'POST /api/websocket/ticket',
  anonymousToken: 'POST /api/v1/auth/token',
  connect: '/ws',
  audit: '/api/v1/audit/events',
  console: CONSOLE,
  api: '/openapi.json',
  ready: '/readyz',
} as const;

const indexRoutes: FastifyPluginAsync = async (app) => {
  app.get('/', { schema: { hide: true } }, () => index);
};

/** Starts the audit-service, the ticket-service, the demo and the ws-edge. They stop with the host, in reverse order. */
export async function startServices(variables: StandaloneVariables, dependencies: ServicesDependencies) {
  const { host, local, localSigningKey, localProxyKey, auditLog, bus } = dependencies;
  const { store, outbox, control, usage, page } = dependencies;
  const { closers, identify } = host;
  const ticketConfig = ticketConfigOf(variables, local);

  const audit = await startAuditService(auditConfigOf(variables, local, localSigningKey), {
    ...host,
    ...identify('audit-service'),
    bus,
    auditLog,
    settings: settingsOf(standaloneVariables, variables),
    console: dependencies.console,
  });
  closers.add('audit-service', audit.stop);
  const tickets = await startTicketService(ticketConfig, {
    ...host,
    ...identify('ticket-service'),
    bus,
    store,
    outbox,
    control,
    usage,
  });
  closers.add('ticket-service', tickets.stop);
  const { DEMO_PAGE } = variables;
  const demo =
    page && DEMO_PAGE !== false
      ? createDemo({
          ...{ page, index, auditLog, bus },
          tail: audit.tail,
          tickets: ticketConfig,
          open: DEMO_PAGE === true,
        })
      : null;
  const edge = await startEdge(edgeConfigOf(variables, localProxyKey), {
    ...host,
    ...identify('ws-edge'),
    bus: demo?.bus ?? bus,
  });
  closers.add('ws-edge', edge.stop);

  return {
    routes: [tickets.routes, audit.routes, edge.routes, demo?.routes ?? indexRoutes],
    readiness: { ...tickets.readiness, ...audit.readiness, ...edge.readiness },
    handleUpgrade: demo ? demo.intercept(edge.handleUpgrade) : edge.handleUpgrade,
    drain: edge.drain,
    internal: verifyPortOf(variables, tickets),
    page: demo !== null,
  };
}
