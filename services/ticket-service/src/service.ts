import { acceptedIssuersOf, type TicketConfig, type TicketVariables } from '@admit-one/config';
import {
  type Bus,
  type ControlStore,
  createStoreClock,
  type Outbox,
  startRejectionRecorder,
  startRelay,
  startReporter,
  type TicketStore,
  type UsageCounter,
} from '@admit-one/core';
import { createRejectionRecorder } from '@admit-one/gate';
import { BACKEND_ISSUER_ALIAS, createLogoutVerifier, trustIssuers } from '@admit-one/identity';
import {
  createClosers,
  createFailureLimit,
  createOperatorAccess,
  createOutageLog,
  createRejectionLog,
  type Dependencies,
  type FailureName,
  type InternalPort,
  type Logger,
  type OriginPolicy,
  observeClock,
  observeIssuerKeys,
  problemUnless,
  type ReadinessChecks,
  type RecoveryName,
  reporterOptionsOf,
  type Telemetry,
  traceEventStream,
} from '@admit-one/runtime';
import { clientNetwork } from '@admit-one/text';
import type { FastifyPluginAsync } from 'fastify';
import { anonymousRoutes } from './anonymous/anonymous-routes.ts';
import { createAnonymousSessions } from './anonymous/anonymous-sessions.ts';
import { createCommands } from './commands/commands.ts';
import { watchEventStream } from './commands/event-stream-watch.ts';
import { createJwtGate } from './commands/jwt-gate.ts';
import { leaveRoomInStream } from './commands/leave-room-in-stream.ts';
import { observeOutbox } from './commands/outbox-metrics.ts';
import { startOutboxWatch } from './commands/outbox-watch.ts';
import { rejectRevokedRepeats } from './commands/reject-revoked-repeats.ts';
import { serveRequests } from './commands/serve-requests.ts';
import { createVerifyExchange } from './commands/verify-exchange.ts';
import { createConnectionActions } from './connections/connection-actions.ts';
import { connectionRoutes } from './connections/connection-routes.ts';
import { serveConnections } from './connections/serve-connections.ts';
import { adminRoutes } from './control/admin-routes.ts';
import { backchannelLogout } from './control/backchannel-logout.ts';
import { closeOnReplay } from './control/close-on-replay.ts';
import { createControlActions } from './control/control-actions.ts';
import { startControlState } from './control/control-state.ts';
import { createDecisionTimes } from './control/decision-times.ts';
import { createEdgeRegistry } from './control/edge-registry.ts';
import { logoutRoutes } from './control/logout-routes.ts';
import { createIssuerOf } from './control/request-members.ts';
import { restoreOnLoss } from './control/restore-on-loss.ts';
import { createAuthenticateWithClaims, withoutClaims } from './http/authenticate.ts';
import { createIssuanceRejectionRecorder } from './issue/issuance-rejections.ts';
import { createCheckIssue, createIssueTicket } from './issue/issue-ticket.ts';
import { onBehalfRoutes } from './issue/on-behalf-routes.ts';
import { ticketRoutes } from './issue/ticket-routes.ts';
import { createIssueLimits } from './limits/issue-limits.ts';
import { createRenewConnection } from './renew/renew-connection.ts';
import { renewRoutes } from './renew/renew-routes.ts';
import { statusRoutes } from './status/status-routes.ts';
import { createRedeem } from './verify/redeem.ts';
import { createVerify } from './verify/verify.ts';
import { verifyRoutes } from './verify/verify-routes.ts';

/** What the service works with. The caller closes it, after the service has stopped. */
export interface TicketServiceDeps {
  /** This run of the process: the source of its events and the owner of its leases. */
  readonly instance: string;
  readonly store: TicketStore;
  readonly outbox: Outbox;
  readonly control: ControlStore;
  /** Of limits that all instances share. */
  readonly usage: UsageCounter;
  readonly bus: Bus;
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly dependencies: Dependencies;
  /** Origins whose pages may request tickets. */
  readonly origins: OriginPolicy;
}

export interface TicketService {
  readonly routes: FastifyPluginAsync;
  /** Forward authentication; for an internal port only. */
  readonly verifyRoutes: FastifyPluginAsync;
  readonly readiness: ReadinessChecks;
  /** Answers the requests in hand, and resolves when every event is sent; waits for the bus until the signal aborts. */
  stop(signal?: AbortSignal): Promise<void>;
}

/** Starts issuing tickets, answering on the bus, relaying the outbox and reporting. */
export async function startTicketService(
  config: TicketConfig,
  deps: TicketServiceDeps,
): Promise<TicketService> {
  const { instance, outbox, bus, log, telemetry, dependencies, origins } = deps;
  const { meter, tracing } = telemetry;
  const events = traceEventStream(bus.events, tracing);
  const outageOf = (failure: FailureName, recovery: RecoveryName) =>
    createOutageLog({ log, failure, recovery, isExplained: dependencies.isAnyDown });
  const recording = outageOf('rejections_not_recorded', 'rejections_recorded');
  const relaying = outageOf('relay_failed', 'relay_recovered');
  const clock = createStoreClock();
  const control = startControlState({
    store: deps.control,
    bus,
    clock,
    log,
    isExplained: dependencies.isAnyDown,
  });
  const store = restoreOnLoss(deps.store, control);
  const rejections = startRejectionRecorder({
    store,
    events: bus.events,
    source: instance,
    networkOf: clientNetwork,
    onError: recording.failed,
    onRecovery: recording.succeeded,
  });
  const ownCommands = createCommands({
    store: leaveRoomInStream(store, bus.events),
    rejections,
    source: instance,
    clock,
    meter,
    tracing,
  });
  const anonymous = config.anonymous && createAnonymousSessions(config.anonymous);
  const issuers = acceptedIssuersOf(config);
  const issuerKeys = observeIssuerKeys({ log, meter, dependencies });
  const trusted = trustIssuers(issuers, issuerKeys);
  const failureLimit = createFailureLimit(config.limits.failedTokens);
  const authenticateWithClaims = createAuthenticateWithClaims(
    { issuers: trusted, maxTokenBytes: config.maxTokenBytes },
    failureLimit,
  );
  const authenticate = withoutClaims(authenticateWithClaims);

  // For the time; where the store is away, its adapter has told.
  await ownCommands.ping().catch(() => {});

  const closers = createClosers();
  closers.add('control', control.stop);
  const relay = startRelay({
    outbox,
    events,
    owner: instance,
    onError: relaying.failed,
    onRecovery: relaying.succeeded,
    onTooBig: ({ json }, error) =>
      log.fatal({ err: error, event: Buffer.from(json).toString() }, 'event_too_big_for_bus'),
  });
  closers.add('relay', () => relay.stop());
  closers.add('store', () => outbox.end());
  const reporter = startReporter({
    service: 'ticket-service',
    instance,
    events,
    clock,
    ...reporterOptionsOf({ log, dependencies }),
  });
  closers.add('reporter', reporter.stop);
  closers.add('rejections', rejections.stop);
  closers.add(
    'epoch ends',
    outbox.onEpochEnd(({ partitionkey: epoch, lastSequence }) => {
      const data = { epoch, lastSequence };
      reporter.report({ type: 'admit.store.acknowledged', subject: instance, traceparent: null, data });
    }),
  );
  closers.add('outbox metrics', observeOutbox(outbox, meter));
  closers.add('clock metrics', observeClock(clock, meter));
  const outboxWatch = startOutboxWatch({ outbox, clock, meter });
  closers.add('outbox watch', () => outboxWatch.stop());
  const rejectionLog = createRejectionLog(log, dependencies);
  closers.add('rejection log', async () => rejectionLog.stop());
  closers.add('event stream watch', watchEventStream({ events: bus.events, log, meter }));
  const edges = createEdgeRegistry(bus.messages);
  closers.add('edges', async () => edges.stop());
  const actions = createControlActions({
    ...{ instance, edges, bus, commands: ownCommands, reporter, clock, log },
    state: control,
  });
  const checkedCommands = rejectRevokedRepeats(ownCommands, control);
  const commands = config.closesOnReplay
    ? closeOnReplay(checkedCommands, {
        ...{ actions, clock },
        onError: (error) => log.error({ err: error }, 'replay_not_closed'),
      })
    : checkedCommands;
  const aliases = issuers.map(({ alias }) => alias);
  const issuerOf = createIssuerOf([...aliases, BACKEND_ISSUER_ALIAS], soleIssuerOf(config));
  const connectionActions = createConnectionActions({ edges, messages: bus.messages, issuerOf });
  const limit = createIssueLimits(config.limits, deps.usage);
  const checkIssue = createCheckIssue({ commands, control, limit });
  try {
    const verifyExchange = createVerifyExchange({
      authenticate: authenticateWithClaims,
      ...{ policy: config.policy, checkIssue },
      gate: config.jwtPathway && createJwtGate(config.jwtPathway),
    });
    const answering = await serveRequests({
      ...{ instance, requests: bus.requests, shared: bus.shared, commands },
      ...{ verifyExchange, log, rejectionLog },
    });
    closers.add('requests', () => answering.stop());
    const ofBackends = await serveConnections({
      requests: bus.requests,
      actions: connectionActions,
      rejectionLog,
    });
    closers.add('requests of backends', () => ofBackends.stop());
  } catch (error) {
    await closers.close();
    throw error;
  }

  const recordIssuanceRejection = createIssuanceRejectionRecorder({ reporter, instance, log: rejectionLog });
  const isBlocked = (address: string | null) => control.blocked.has(address, clock.now());
  const verify = createVerify({
    instance,
    config: config.verify,
    origins,
    tickets: createRedeem({ commands }),
    isBlocked,
    recordRejection: createRejectionRecorder({ reporter, log: rejectionLog.write }),
    log,
  });
  const renewConnection = createRenewConnection({ messages: bus.messages, control });
  closers.add('renewals', async () => renewConnection.stop());
  const verifyLogout = createLogoutVerifier(trusted);
  const times = createDecisionTimes(commands, config.revocationRetentionMs);
  const { authorize } = createOperatorAccess({ config: config.operators, issuerKeys, failureLimit });
  const issueTicket = createIssueTicket({ commands, checkIssue, log });
  const recorder = { recordRejection: recordIssuanceRejection, rejectionLog, instance };
  const issuing = { ...recorder, policy: config.policy, issueTicket, telemetry };
  const limitOf = (requested: 'renewals' | 'log-outs') =>
    createIssueLimits(config.limits, deps.usage, requested);
  return {
    routes: async (app) => {
      await app.register(ticketRoutes({ ...issuing, authenticate: authenticateWithClaims }));
      await app.register(onBehalfRoutes({ ...issuing, authorize, commands, issuers: aliases }));
      await app.register(statusRoutes({ authenticate, store: deps.store }));
      await app.register(
        renewRoutes({ ...recorder, authenticate, renewConnection, limit: limitOf('renewals'), isBlocked }),
      );
      await app.register(
        anonymousRoutes({
          ...recorder,
          anonymous,
          limit: createFailureLimit(config.limits.anonymousSessions),
          log,
        }),
      );
      await app.register(
        logoutRoutes({ ...recorder, authenticate, actions, times, limit: limitOf('log-outs') }),
      );
      await app.register(connectionRoutes({ authorize, actions: connectionActions }));
      await app.register(backchannelLogout({ verifyLogout, actions, times, failureLimit, log }));
      await app.register(adminRoutes({ authorize, actions, times, issuerOf }));
    },
    verifyRoutes: verifyRoutes(verify),
    readiness: {
      store: { dependency: 'redis', problem: () => commands.ping().then(() => null) },
      control: {
        problem: () =>
          problemUnless(control.restored, 'the control state is not restored after a loss of the store'),
      },
      bus: { dependency: 'nats', problem: () => problemUnless(bus.connected, 'the bus is not connected') },
      outboxRoom: {
        problem: () =>
          problemUnless(outboxWatch.hasRoom(), 'at least half of the outbox is above OUTBOX_SOFT_BOUND'),
      },
      relay: {
        problem: () =>
          problemUnless(outboxWatch.isMoving(), 'events wait in the outbox, and none has left for a minute'),
      },
    },
    stop: closers.close,
  };
}

/** The issuer that operators mean where they name none: the only one, or that of backends where there is none. */
function soleIssuerOf({ issuers: [first, second] }: TicketConfig): string | null {
  return second ? null : (first?.alias ?? BACKEND_ISSUER_ALIAS);
}

/** The internal port of forward authentication, or undefined where it is off. */
export function verifyPortOf(
  { VERIFY_PORT: port, VERIFY_HOST: host }: Pick<TicketVariables, 'VERIFY_PORT' | 'VERIFY_HOST'>,
  { verifyRoutes: routes }: Pick<TicketService, 'verifyRoutes'>,
): InternalPort | undefined {
  return port === undefined ? undefined : { port, host, variable: 'VERIFY_PORT', routes };
}
