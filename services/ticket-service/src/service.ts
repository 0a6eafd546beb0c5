import type { TicketConfig } from '@admit-one/config';
import {
  type Bus,
  type ControlStore,
  createStoreClock,
  type Outbox,
  startRejectionRecorder,
  startReporter,
  type TicketStore,
  type UsageCounter,
} from '@admit-one/core';
import {
  createClosers,
  createOutageLog,
  createRejectionLog,
  type Dependencies,
  type Logger,
  type OriginPolicy,
  observeClock,
  problemUnless,
  type ReadinessChecks,
  reporterOptionsOf,
  type Telemetry,
  traceEventStream,
} from '@admit-one/runtime';
import { clientNetwork } from '@admit-one/text';
import { createCommands } from './commands/commands.ts';
import { createJwtGate } from './commands/jwt-gate.ts';
import { leaveRoomInStream } from './commands/leave-room-in-stream.ts';
import { rejectRevokedRepeats } from './commands/reject-revoked-repeats.ts';
import { serveRequests } from './commands/serve-requests.ts';
import { createVerifyExchange } from './commands/verify-exchange.ts';
import { createConnectionActions } from './connections/connection-actions.ts';
import { serveConnections } from './connections/serve-connections.ts';
import { closeOnReplay } from './control/close-on-replay.ts';
import { createControlActions } from './control/control-actions.ts';
import { startControlState } from './control/control-state.ts';
import { createEdgeRegistry } from './control/edge-registry.ts';
import { createIssuerOf } from './control/request-members.ts';
import { restoreOnLoss } from './control/restore-on-loss.ts';
import { watchEventStream } from './delivery/event-stream-watch.ts';
import { observeOutbox } from './delivery/outbox-metrics.ts';
import { startOutboxWatch } from './delivery/outbox-watch.ts';
import { relayOutbox } from './delivery/relay-outbox.ts';
import { reportEpochEnds } from './delivery/report-epoch-ends.ts';
import { createAccess } from './http/access.ts';
import { createCheckIssue } from './issue/issue-ticket.ts';
import { createIssueLimits } from './limits/issue-limits.ts';
import { createRenewConnection } from './renew/renew-connection.ts';
import { type ServiceRoutes, serviceRoutes } from './service-routes.ts';

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

export interface TicketService extends ServiceRoutes {
  readonly readiness: ReadinessChecks;
  /** Answers the requests in hand, and resolves when every event is sent; waits for the bus until the signal aborts. */
  stop(signal?: AbortSignal): Promise<void>;
}

/** Starts issuing tickets, answering on the bus, relaying the outbox and reporting. */
export async function startTicketService(
  config: TicketConfig,
  deps: TicketServiceDeps,
): Promise<TicketService> {
  const { instance, outbox, bus, log, telemetry, dependencies } = deps;
  const { meter, tracing } = telemetry;
  const events = traceEventStream(bus.events, tracing);
  const clock = createStoreClock();
  const isExplained = dependencies.isAnyDown;
  const control = startControlState({ store: deps.control, bus, clock, log, isExplained });
  const store = restoreOnLoss(deps.store, control);
  const recording = createOutageLog({
    log,
    failure: 'rejections_not_recorded',
    recovery: 'rejections_recorded',
    isExplained,
  });
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
  const access = createAccess(config, { log, meter, dependencies });

  // For the time; where the store is away, its adapter has told.
  await ownCommands.ping().catch(() => {});

  const closers = createClosers();
  closers.add('control', control.stop);
  const relay = relayOutbox({ instance, outbox, events, log, dependencies });
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
  closers.add('epoch ends', reportEpochEnds({ instance, outbox, reporter }));
  closers.add('outbox metrics', observeOutbox(outbox, meter));
  closers.add('clock metrics', observeClock(clock, meter));
  const outboxWatch = startOutboxWatch({ outbox, clock, meter });
  closers.add('outbox watch', () => outboxWatch.stop());
  const rejectionLog = createRejectionLog(log, dependencies);
  closers.add('rejection log', rejectionLog.stop);
  closers.add('event stream watch', watchEventStream({ events: bus.events, log, meter }));
  const edges = createEdgeRegistry(bus.messages);
  closers.add('edges', edges.stop);

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
  const issuerOf = createIssuerOf(config);
  const connectionActions = createConnectionActions({ edges, messages: bus.messages, issuerOf });
  const limit = createIssueLimits(config.limits, deps.usage);
  const checkIssue = createCheckIssue({ commands, control, limit });
  const verifyExchange = createVerifyExchange({
    ...{ authenticate: access.authenticate, policy: config.policy, checkIssue },
    gate: config.jwtPathway && createJwtGate(config.jwtPathway),
  });
  try {
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
  const renewConnection = createRenewConnection({ messages: bus.messages, control });
  closers.add('renewals', renewConnection.stop);

  return {
    ...serviceRoutes(config, {
      ...deps,
      ...{ access, clock, control, commands, checkIssue, actions, connectionActions, renewConnection },
      ...{ issuerOf, reporter, rejectionLog },
    }),
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
