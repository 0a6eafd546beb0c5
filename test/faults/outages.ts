import type { EventType, Reason } from '@admit-one/core';
import { eventually } from '@admit-one/testkit';
import { onTestFinished } from 'vitest';
import { type ServiceProcess, startService } from '../stack/service-process.ts';
import type { ServicesStack } from '../stack/services.ts';
import type { Variables } from '../stack/stack.ts';
import { issueTicket } from '../stack/visitor.ts';
import {
  askForTicket,
  connectTo,
  newTrace,
  type Rejected,
  request,
  upgrade,
  whileDown,
  whilePaused,
} from './rejected.ts';

/** A way for the infrastructure to reject or drop somebody, and what must be told of it. */
export interface Outage {
  readonly reason: Reason;
  /** What was under way. */
  readonly doing: string;
  readonly told: Pick<Rejected, 'status' | 'code'>;
  readonly event: EventType;
  /** The metric that counts it, and the label that names the reason. */
  readonly metric: readonly [name: string, label: string];
  /** Breaks something, is rejected, and mends it. */
  meet(stack: ServicesStack): Promise<Rejected>;
}

/** What the outages need of the stack. */
export const outageVariables: Variables = { MAX_HANDSHAKES: '1', REDIS_COMMAND_TIMEOUT_MS: '1000' };

const issuing = {
  doing: 'a request for a ticket',
  event: 'admit.issuance.rejected',
  metric: ['http_server_request_duration_seconds_count', 'error_type'],
} as const;

const upgrading = {
  doing: 'an upgrade',
  event: 'admit.handshake.rejected',
  metric: ['admit_handshake_duration_seconds_count', 'outcome'],
} as const;

export const outages: readonly Outage[] = [
  {
    ...issuing,
    reason: 'store_unavailable',
    told: { status: 503, code: 'REDIS_UNAVAILABLE' },
    async meet(stack) {
      const service = await anotherTicketService(stack);
      return whilePaused(stack.engines.redis, () => askForTicket(stack, service));
    },
  },
  {
    ...upgrading,
    reason: 'store_unavailable',
    told: { status: 503, code: 'REDIS_UNAVAILABLE' },
    async meet(stack) {
      const { ticket } = await issueTicket(stack);
      return whilePaused(stack.engines.redis, () => upgrade(firstEdge(stack), ticket));
    },
  },
  {
    ...upgrading,
    reason: 'ticket_service_unavailable',
    told: { status: 503, code: 'UNAVAILABLE' },
    async meet(stack) {
      const { ticket } = await issueTicket(stack);
      return whileDown(stack.engines.nats, () => upgrade(firstEdge(stack), ticket));
    },
  },
  {
    ...upgrading,
    reason: 'overloaded',
    told: { status: 503, code: 'OVERLOADED' },
    async meet(stack) {
      const [held, rejected] = [await issueTicket(stack), await issueTicket(stack)];
      const edge = firstEdge(stack);
      for (const service of stack.ticketServices) service.pause();
      try {
        const first = upgrade(edge, held.ticket).catch(() => undefined);
        await eventually(async () => /^admit_handshakes_in_flight\S* 1$/m.test(await edge.metrics()), {
          what: 'a handshake in flight',
        });
        const met = await upgrade(edge, rejected.ticket);
        await first;
        return met;
      } finally {
        for (const service of stack.ticketServices) service.resume();
      }
    },
  },
  {
    ...issuing,
    reason: 'outbox_full',
    told: { status: 503, code: 'OVERLOADED' },
    async meet(stack) {
      // Redis is well, and may be slow.
      const service = await anotherTicketService(stack, {
        ...{ OUTBOX_SOFT_BOUND: '1', REDIS_COMMAND_TIMEOUT_MS: '5000' },
      });
      return whileDown(stack.engines.nats, () =>
        eventually(() => askForTicket(stack, service), { what: 'a rejection for want of room' }),
      );
    },
  },
  {
    ...issuing,
    reason: 'issuer_unavailable',
    told: { status: 503, code: 'ISSUER_UNAVAILABLE' },
    async meet(stack) {
      stack.users.behave('down');
      try {
        return await askForTicket(stack, await anotherTicketService(stack));
      } finally {
        stack.users.behave('up');
      }
    },
  },
  {
    reason: 'upstream_unavailable',
    doing: 'a message on a bridged connection',
    told: { status: 1013, code: 'UPSTREAM_UNAVAILABLE' },
    event: 'admit.connection.closed',
    metric: ['admit_connections_closed_total', 'reason'],
    async meet(stack) {
      const { traceId, traceparent } = newTrace();
      const { ticket, ticketId } = await issueTicket(stack);
      const by = firstEdge(stack);
      const connection = await connectTo(by, ticket, { route: 'bridge', headers: { traceparent } });
      const admitted = () =>
        by.lines('authenticated_via_ticket').some((line) => line.ticketHash === ticketId);
      await eventually(admitted, { what: 'the admission' });
      return whileDown(stack.engines.nats, async () => {
        // Until the edge has heard that NATS is gone, a message is lost with it: at most once.
        const talking = setInterval(() => connection.socket.send('hello'), 20);
        const { code: status, reason: code } = await connection.closed.finally(() => clearInterval(talking));
        return { status, code, traceId, by, secret: ticket };
      });
    },
  },
  {
    reason: 'audit_log_unavailable',
    doing: 'a search of the audit log',
    told: { status: 503, code: 'AUDIT_UNAVAILABLE' },
    event: 'admit.audit.accessed',
    metric: ['http_server_request_duration_seconds_count', 'error_type'],
    async meet(stack) {
      const token = await stack.operatorToken();
      return whileDown(stack.engines.postgres, () =>
        request(stack.auditService, { method: 'GET', path: '/api/v1/audit/events', token }),
      );
    },
  },
];

function firstEdge({ edgeServices: [edge] }: ServicesStack): ServiceProcess {
  if (!edge) throw new Error('the stack has no edge');
  return edge;
}

/** A ticket-service beside those of the stack, until the end of the test. */
async function anotherTicketService(
  stack: ServicesStack,
  variables: Variables = {},
): Promise<ServiceProcess> {
  const service = await startService('ticket-service', {
    ...stack.variables['ticket-service'],
    ...variables,
  });
  onTestFinished(async () => {
    await service.stop();
  });
  await service.ready();
  return service;
}
