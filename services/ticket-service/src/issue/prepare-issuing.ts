import { createTicketSource, type Principal, proofOf, ticketIdOf, traceOfTicket } from '@admit-one/core';
import type { Telemetry } from '@admit-one/runtime';
import type { FastifyInstance } from 'fastify';
import { answerNoStore } from '../http/no-store.ts';
import { type RecordRejectionsOptions, recordRejections } from './record-rejections.ts';

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

export interface IssuingOptions extends RecordRejectionsOptions {
  readonly telemetry: Pick<Telemetry, 'startTrace'>;
}

/** Gives each authenticated request of a plugin its ticket and the trace of it. A rejection is recorded once, by the error handler. */
export function prepareIssuing(app: FastifyInstance, options: IssuingOptions): void {
  const { telemetry } = options;
  answerNoStore(app);
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
  recordRejections(app, options);
}
