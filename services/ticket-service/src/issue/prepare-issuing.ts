import {
  type CommandContext,
  createTicketSource,
  type Principal,
  proofOf,
  ticketIdOf,
  traceOfTicket,
} from '@admit-one/core';
import { type RejectionError, type RejectionLog, replyWithError, type Telemetry } from '@admit-one/runtime';
import { cappedContext } from '@admit-one/ticket-client';
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { answerNoStore } from '../http/no-store.ts';
import { rejectionErrorOf } from '../http/rejection-error-of.ts';
import type { IssueOrigin, RecordIssuanceRejection } from './issuance-rejections.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who a ticket is for, on the ticket routes; null before the token is verified. */
    principal: Principal | null;
    /** The ticket to issue, on the ticket routes: a secret. */
    ticket: string;
    /** Its id. */
    ticketId: string;
  }
}

export interface IssuingOptions {
  readonly telemetry: Pick<Telemetry, 'startTrace'>;
  readonly recordRejection: RecordIssuanceRejection;
  readonly rejectionLog: RejectionLog;
  /** The instance that receives the requests. */
  readonly instance: string;
}

/** Gives each authenticated request of a plugin its ticket and the trace of it. A rejection is recorded once, by the error handler. */
export function prepareIssuing(
  app: FastifyInstance,
  { telemetry, recordRejection, rejectionLog, instance }: IssuingOptions,
): void {
  answerNoStore(app);
  app.decorateRequest('principal', null);
  app.decorateRequest('ticket', '');
  app.decorateRequest('ticketId', '');
  const drawTicket = createTicketSource();
  // Behind authentication. The upgrade will be in the trace that its ticket names, and so the request for the ticket is too.
  app.addHook('preParsing', (request, _reply, _payload, done) => {
    request.ticket = drawTicket();
    request.ticketId = ticketIdOf(proofOf(request.ticket));
    request.trace = telemetry.startTrace(request.raw, traceOfTicket(request.ticketId));
    done();
  });

  app.setErrorHandler<FastifyError | RejectionError>((error, request, reply) => {
    const rejection = rejectionErrorOf(error);
    recordRejection(rejection, request.principal, originOf(request, null, instance));
    // An error of the framework has the detail of what is wrong with the request.
    const isOfFramework = rejection !== error && rejection.cause === undefined;
    return replyWithError(isOfFramework ? error : rejection, request, reply, rejectionLog);
  });
}

/** Where a request comes from. */
export function originOf(request: FastifyRequest, route: string | null, instance: string): IssueOrigin {
  const { traceId, linkedTraceId, traceparent } = request.trace;
  const context: CommandContext = cappedContext({
    address: request.clientAddress,
    origin: request.headers.origin ?? null,
    agent: request.headers['user-agent'] ?? null,
    route,
    carrier: null,
    edge: instance,
    traceparent,
  });
  return { context, traceId, linkedTraceId };
}
