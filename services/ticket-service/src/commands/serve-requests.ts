import { type Reason, type RequestReply, type Running, reasonRow } from '@admit-one/core';
import { type Logger, logAt, traceIdOf } from '@admit-one/runtime';
import { type TicketReply, ticketSubjects } from '@admit-one/ticket-client';
import { rejectionErrorOf } from '../http/rejection-error-of.ts';
import { type Commands, replyOf } from './commands.ts';
import { type BusCommand, createRequestReaders, type RequestReader } from './read-request.ts';

export interface ServeRequestsOptions {
  readonly requests: RequestReply;
  readonly commands: Commands;
  /** Store time now, Unix milliseconds. */
  readonly readTime: () => Promise<number>;
  readonly log: Logger;
  /** How many commands may be in flight at once; above it, OVERLOADED. */
  readonly maxInFlight?: number;
}

/** Serves reserve, confirm, release, redeem and time on the bus, until it is stopped. */
export async function serveRequests(options: ServeRequestsOptions): Promise<Running> {
  const { requests, commands, readTime, log, maxInFlight = 1_000 } = options;
  const readers = createRequestReaders();
  const served: Running[] = [];
  let inFlight = 0;

  async function answer(type: BusCommand, read: RequestReader, body: unknown): Promise<TicketReply> {
    const request = read(body);
    if (!request) return notRun('request_invalid', { command: type });
    const { ticketId, command } = request;
    const facts = { command: type, ticketId, traceId: traceIdOf(command.context.traceparent) };
    if (inFlight >= maxInFlight) return notRun('overloaded', facts);
    inFlight += 1;
    try {
      return replyOf(await commands.run(ticketId, command));
    } catch (error) {
      const { reason, cause: err } = rejectionErrorOf(error);
      return failed(reason, { ...facts, err });
    } finally {
      inFlight -= 1;
    }
  }

  /** A command that is rejected without being run. */
  function notRun(reason: Reason, facts: { readonly command: BusCommand }): TicketReply {
    commands.countRejected(facts.command, reason);
    return failed(reason, facts);
  }

  function failed(reason: Reason, facts: object): TicketReply {
    logAt(log, reasonRow(reason).severity, { reason, ...facts }, 'command_failed');
    return { kind: 'rejected', now: null, reason, recorded: false };
  }

  async function serve(subject: string, handler: (body: unknown) => Promise<unknown>): Promise<void> {
    served.push(await requests.serve(subject, handler));
  }

  async function stop(): Promise<void> {
    await Promise.all(served.map((running) => running.stop()));
  }

  try {
    for (const [type, read] of Object.entries(readers) as [BusCommand, RequestReader][])
      await serve(ticketSubjects[type], (body) => answer(type, read, body));
    await serve(ticketSubjects.time, async () => ({ now: await readTime() }));
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}
