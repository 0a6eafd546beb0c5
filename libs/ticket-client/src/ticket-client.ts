import {
  type CommandContext,
  createIdSource,
  isTicket,
  proofOf,
  type RequestReply,
  type StoreClock,
  ticketIdOf,
} from '@admit-one/core';
import { cappedContext } from './capped-context.ts';
import { type Command, createCommandSender } from './command-sender.ts';
import { type Redeemed, type Rejection, type Reserved, rejectionOf } from './outcome.ts';
import { type TicketReply, ticketSubjects } from './protocol.ts';

export interface PresentedJwt {
  /** A secret. */
  readonly token: string;
  /** The program that presents it, `<name>/<version>`, where it says so. */
  readonly client?: string | undefined;
}

/** A ticket and the handshake that presents it. */
export interface PresentedTicket {
  readonly ticket: string;
  /** The handshake presents this instead, and the ticket is a new one: `reserve` issues it for the JWT. */
  readonly jwt?: PresentedJwt | undefined;
  /** The handshake's key: see `handshakeKeyOf`. */
  readonly handshake: string;
  /** For the audit log. Texts are cut to what an event accepts. */
  readonly context: CommandContext;
}

/** Verifies tickets over the bus. Tickets themselves are never sent. Its methods reject on a bug only. */
export interface TicketClient {
  /** Reserves a ticket for a handshake, before the 101. The same handshake may reserve again. */
  reserve(presented: PresentedTicket): Promise<Reserved | Rejection>;
  /**
   * Reserve and confirm in one step, for what isn't a WebSocket. It promises one handshake key, not one connection: a
   * repeat with the same key is accepted until the lease would have ended.
   */
  redeem(presented: PresentedTicket): Promise<Redeemed | Rejection>;
  /** Sets the clock to the store's. False where no ticket-service answered. */
  synchronize(): Promise<boolean>;
}

/** How long a command may take with all its retries, in milliseconds. Its deadline is after three quarters of it. */
export interface TicketClientBudgets {
  readonly reserveMs: number;
  /** Less than the lease, `LEASE_MS`. */
  readonly confirmMs: number;
  readonly releaseMs: number;
  /** How long one try waits for a reply before the command is sent again. */
  readonly attemptMs: number;
}

/** How a command ended. `unanswered`: its budget was over before there was an answer, or the bus is unavailable. */
export type CommandOutcome = 'accepted' | 'rejected' | 'unanswered';

/** Told of every command with the time that it took, retries included. */
export type OnCommandSettled = (
  command: keyof typeof ticketSubjects,
  outcome: CommandOutcome,
  seconds: number,
) => void;

export interface TicketClientOptions {
  readonly requests: RequestReply;
  readonly clock: StoreClock;
  readonly budgets?: Partial<TicketClientBudgets>;
  readonly onSettled?: OnCommandSettled;
}

const defaultBudgets: TicketClientBudgets = {
  reserveMs: 2_000,
  confirmMs: 3_000,
  releaseMs: 3_000,
  attemptMs: 700,
};

/** The client holds no resources: closing the bus is enough. */
export function createTicketClient(options: TicketClientOptions): TicketClient {
  const { requests, clock, budgets, onSettled = () => {} } = options;
  const { reserveMs, confirmMs, releaseMs, attemptMs } = { ...defaultBudgets, ...budgets };
  const newId = createIdSource();
  const sender = createCommandSender({ requests, clock, attemptMs });

  async function send(
    name: keyof typeof ticketSubjects,
    command: Command,
    budgetMs: number,
  ): Promise<TicketReply> {
    const startedAt = performance.now();
    const reply = await sender.send(ticketSubjects[name], command, budgetMs);
    const isUnanswered = reply.kind === 'rejected' && reply.reason === 'ticket_service_unavailable';
    onSettled(name, isUnanswered ? 'unanswered' : reply.kind, (performance.now() - startedAt) / 1000);
    return reply;
  }

  async function synchronize(): Promise<boolean> {
    const startedAt = performance.now();
    const synchronized = await sender.synchronize();
    onSettled('time', synchronized ? 'accepted' : 'unanswered', (performance.now() - startedAt) / 1000);
    return synchronized;
  }

  async function reserve(presented: PresentedTicket): Promise<Reserved | Rejection> {
    const startedAt = performance.now();
    const use = await present(presented.jwt ? 'exchange' : 'reserve', presented);
    if (use.kind === 'rejected') return use;
    const { ticketId, principal } = use;
    const { handshake } = presented;
    const context = cappedContext(presented.context);
    return {
      kind: 'reserved',
      ticketId,
      principal,
      async confirm(connection, traceparent = context.traceparent) {
        const traced = traceparent === context.traceparent ? context : { ...context, traceparent };
        const upgradeStartedAt = clock.now() - Math.round(performance.now() - startedAt);
        const command = {
          command: newId(),
          handshake,
          context: traced,
          ticketId,
          connection,
          upgradeStartedAt,
        };
        const reply = await send('confirm', command, confirmMs);
        if (reply.kind === 'accepted') return { kind: 'confirmed' };
        return rejectionOf(reply.reason, { recorded: reply.recorded, ticketId, principal, connection });
      },
      async release(why) {
        const command = { command: newId(), handshake, context, ticketId, why };
        await send('release', command, releaseMs).catch(() => undefined);
      },
    };
  }

  async function redeem(presented: PresentedTicket): Promise<Redeemed | Rejection> {
    const use = await present('redeem', presented);
    return use.kind === 'rejected' ? use : { ...use, kind: 'redeemed' };
  }

  /** Sends the proof of a ticket, and returns its principal. An acceptance without a principal counts as no reply. */
  async function present(
    name: 'reserve' | 'exchange' | 'redeem',
    { ticket, jwt, handshake, context }: PresentedTicket,
  ) {
    if (!isTicket(ticket)) return rejectionOf('ticket_malformed');
    const proof = proofOf(ticket);
    const ticketId = ticketIdOf(proof);
    const command = {
      command: newId(),
      handshake,
      context: cappedContext(context),
      proof,
      ...(jwt && { token: jwt.token, ...(jwt.client && { client: jwt.client }) }),
    };
    const reply = await send(name, command, reserveMs);
    if (reply.kind === 'rejected')
      // Without a record, there is no ticket of this id in the audit log.
      return rejectionOf(reply.reason, {
        recorded: reply.recorded,
        ticketId: jwt && !reply.recorded ? null : ticketId,
        ...(reply.retryAfterSeconds !== undefined && { retryAfterSeconds: reply.retryAfterSeconds }),
      });
    const { principal } = reply;
    if (principal === null) return rejectionOf('ticket_service_unavailable', { ticketId });
    return { kind: 'accepted', ticketId, principal } as const;
  }

  return { reserve, redeem, synchronize };
}
