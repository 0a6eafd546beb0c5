import { type Outcome, type Reason, type RequestReply, type Running, reasonRow } from '@admit-one/core';
import { type TicketReply, ticketSubjects } from '@admit-one/gate';
import { createClosers, type Logger, logAt } from '@admit-one/runtime';
import type { Commands } from './commands.ts';
import { type BusCommand, createRequestReaders, type RequestReader } from './read-request.ts';
import { refusalOf } from './refusal-of.ts';

export interface AnswerOptions {
  readonly requests: RequestReply;
  readonly commands: Commands;
  readonly log: Logger;
  /** How many commands may be under way at once; those above are told OVERLOADED. */
  readonly maxInFlight?: number;
}

/** Serves reserve, confirm, release, redeem and time on the bus, until it is stopped. */
export async function answerRequests(options: AnswerOptions): Promise<Running> {
  const { requests, commands, log, maxInFlight = 1_000 } = options;
  const readers = createRequestReaders();
  const served = createClosers();
  let inFlight = 0;

  async function answer(type: BusCommand, read: RequestReader, body: unknown): Promise<TicketReply> {
    const request = read(body);
    if (!request) return failed('request_invalid', { command: type });
    if (inFlight >= maxInFlight) return failed('overloaded', { command: type });
    inFlight += 1;
    try {
      return replyOf(await commands.run(request.ticketId, request.command));
    } catch (error) {
      const { reason, cause: err } = refusalOf(error);
      const { ticketId, command } = request;
      const { traceparent } = command.context;
      return failed(reason, { command: type, ticketId, traceparent, err });
    } finally {
      inFlight -= 1;
    }
  }

  function failed(reason: Reason, facts: object): TicketReply {
    logAt(log, reasonRow(reason).severity, { reason, ...facts }, 'command_failed');
    return { outcome: 'failed', reason };
  }

  async function serve(subject: string, handler: (body: unknown) => Promise<unknown>): Promise<void> {
    const running = await requests.serve(subject, handler);
    served.add(subject, () => running.stop());
  }

  try {
    for (const [type, read] of Object.entries(readers) as [BusCommand, RequestReader][])
      await serve(ticketSubjects[type], (body) => answer(type, read, body));
    await serve(ticketSubjects.time, async () => ({ now: await commands.ping() }));
  } catch (error) {
    await served.close();
    throw error;
  }
  return { stop: () => served.close() };
}

function replyOf(outcome: Outcome): TicketReply {
  const { state, now } = outcome;
  if (outcome.kind === 'rejected') return { outcome: 'rejected', now, reason: outcome.reason };
  return { outcome: 'accepted', now, principal: state.status === 'none' ? null : state.ticket.principal };
}
