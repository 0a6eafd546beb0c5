import { acceptedIssuersOf, type TicketConfig } from '@admit-one/config';
import type { Reporter, StoreClock, TicketStore, UsageCounter } from '@admit-one/core';
import { createRejectionRecorder } from '@admit-one/gate';
import {
  createFailureLimit,
  type Logger,
  type OriginPolicy,
  type RejectionLog,
  type Telemetry,
} from '@admit-one/runtime';
import type { FastifyPluginAsync } from 'fastify';
import { anonymousRoutes } from './anonymous/anonymous-routes.ts';
import { createAnonymousSessions } from './anonymous/anonymous-sessions.ts';
import type { Commands } from './commands/commands.ts';
import type { ConnectionActions } from './connections/connection-actions.ts';
import { connectionRoutes } from './connections/connection-routes.ts';
import { adminRoutes } from './control/admin-routes.ts';
import { backchannelLogout } from './control/backchannel-logout.ts';
import type { ControlActions } from './control/control-actions.ts';
import type { ControlState } from './control/control-state.ts';
import { createDecisionTimes } from './control/decision-times.ts';
import { logoutRoutes } from './control/logout-routes.ts';
import type { IssuerOf } from './control/request-members.ts';
import type { Access } from './http/access.ts';
import { withoutClaims } from './http/authenticate.ts';
import { createIssuanceRejectionRecorder } from './issue/issuance-rejections.ts';
import { type CheckIssue, createIssueTicket } from './issue/issue-ticket.ts';
import { onBehalfRoutes } from './issue/on-behalf-routes.ts';
import { ticketRoutes } from './issue/ticket-routes.ts';
import { createIssueLimits } from './limits/issue-limits.ts';
import type { RenewConnection } from './renew/renew-connection.ts';
import { renewRoutes } from './renew/renew-routes.ts';
import { statusRoutes } from './status/status-routes.ts';
import { createRedeem } from './verify/redeem.ts';
import { createVerify } from './verify/verify.ts';
import { verifyRoutes } from './verify/verify-routes.ts';

export interface ServiceRoutesDependencies {
  readonly instance: string;
  readonly store: TicketStore;
  readonly usage: UsageCounter;
  readonly origins: OriginPolicy;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly access: Access;
  readonly clock: StoreClock;
  readonly control: ControlState;
  readonly commands: Commands;
  readonly checkIssue: CheckIssue;
  readonly actions: ControlActions;
  readonly connectionActions: ConnectionActions;
  readonly renewConnection: RenewConnection;
  readonly issuerOf: IssuerOf;
  readonly reporter: Reporter;
  readonly rejectionLog: RejectionLog;
}

export interface ServiceRoutes {
  readonly routes: FastifyPluginAsync;
  /** Forward authentication; for an internal port only. */
  readonly verifyRoutes: FastifyPluginAsync;
}

/** Everything that the service answers over HTTP. */
export function serviceRoutes(config: TicketConfig, deps: ServiceRoutesDependencies): ServiceRoutes {
  const { instance, store, usage, origins, log, telemetry, access, clock, control, commands } = deps;
  const { checkIssue, actions, connectionActions, renewConnection, issuerOf, reporter, rejectionLog } = deps;
  const { authorize, verifyLogout, failureLimit } = access;
  const { policy, limits } = config;
  const authenticate = withoutClaims(access.authenticate);
  const times = createDecisionTimes(commands, config.revocationRetentionMs);
  const isBlocked = (address: string | null) => control.blocked.has(address, clock.now());
  const recorder = {
    recordRejection: createIssuanceRejectionRecorder({ reporter, instance, log: rejectionLog }),
    ...{ rejectionLog, instance },
  };
  const issueTicket = createIssueTicket({ commands, checkIssue, log });
  const issuing = { ...recorder, policy, issueTicket, telemetry };
  const plugins = [
    ticketRoutes({ ...issuing, authenticate: access.authenticate }),
    onBehalfRoutes({
      ...{ ...issuing, authorize, commands },
      issuers: acceptedIssuersOf(config).map(({ alias }) => alias),
    }),
    statusRoutes({ authenticate, store, limit: createIssueLimits(limits, usage, 'status requests') }),
    renewRoutes({
      ...{ ...recorder, authenticate, renewConnection, isBlocked },
      limit: createIssueLimits(limits, usage, 'renewals'),
    }),
    anonymousRoutes({
      ...{ ...recorder, log },
      anonymous: config.anonymous && createAnonymousSessions(config.anonymous),
      limit: createFailureLimit(limits.anonymousSessions),
    }),
    logoutRoutes({
      ...{ ...recorder, authenticate, actions, times },
      limit: createIssueLimits(limits, usage, 'log-outs'),
    }),
    connectionRoutes({ authorize, actions: connectionActions }),
    backchannelLogout({ verifyLogout, actions, times, failureLimit, log }),
    adminRoutes({ authorize, actions, times, issuerOf }),
  ];
  const verify = createVerify({
    ...{ instance, origins, isBlocked, log },
    config: config.verify,
    tickets: createRedeem({ commands }),
    recordRejection: createRejectionRecorder({ reporter, log: rejectionLog.write }),
  });
  return {
    routes: async (app) => {
      for (const plugin of plugins) await app.register(plugin);
    },
    verifyRoutes: verifyRoutes(verify),
  };
}
