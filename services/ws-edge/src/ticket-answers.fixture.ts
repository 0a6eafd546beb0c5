import {
  type Bus,
  execute,
  newId,
  newTicket,
  type Principal,
  proofOf,
  reasonRow,
  type TicketCommand,
  type TicketStore,
  ticketIdOf,
} from '@admit-one/core';
import { nowhere } from '@admit-one/testkit';
import { type TicketReply, ticketSubjects } from '@admit-one/ticket-client';

type CommandName = 'reserve' | 'confirm' | 'release';

/** A command that waits to be carried out. */
export interface Held {
  /** Resolves when it has come. */
  readonly reached: Promise<void>;
  letGo(): void;
}

/** What answers for tickets in these tests: core's state machine on the store, and disturbances on demand. */
export interface TicketAnswers {
  issue(options?: {
    principal?: Partial<Principal>;
    route?: string;
  }): Promise<{ ticket: string; ticketId: string }>;
  /** Lets the next command of a name wait before it is carried out. */
  hold(name: CommandName): Held;
  /** Loses the reply to the next command of a name after it was carried out. */
  loseReply(name: CommandName): void;
  /** Answers every later command of a name with this. */
  answer(name: CommandName, reply: TicketReply): void;
  /** How many commands of a name have come. */
  count(name: CommandName): number;
  /** Takes no more commands. */
  stop(): Promise<void>;
}

interface Disturbance {
  readonly before?: Promise<void>;
  readonly reached?: () => void;
  readonly lost?: boolean;
}

/** Serves the ticket protocol on a bus. */
export async function answerTickets(bus: Bus, store: TicketStore): Promise<TicketAnswers> {
  const source = 'tickets';
  const disturbances = new Map<CommandName, Disturbance>();
  const fixed = new Map<CommandName, TicketReply>();
  const counts = new Map<CommandName, number>();

  async function handle(name: CommandName, body: unknown): Promise<TicketReply> {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const disturbance = disturbances.get(name);
    disturbances.delete(name);
    disturbance?.reached?.();
    await disturbance?.before;
    const reply = fixed.get(name) ?? (await carryOut(name, body));
    if (disturbance?.lost) throw new Error('this reply is lost');
    return reply;
  }

  async function carryOut(name: CommandName, body: unknown): Promise<TicketReply> {
    const request = body as { command: string; proof?: string; ticketId: string };
    const ticketId = request.proof === undefined ? request.ticketId : ticketIdOf(request.proof);
    const command = { ...request, type: name, id: request.command } as unknown as TicketCommand;
    const { now, state, ...outcome } = await execute(ticketId, command, { store, source });
    if (outcome.kind === 'rejected')
      return { kind: 'rejected', now, reason: outcome.reason, recorded: reasonRow(outcome.reason).recorded };
    return { kind: 'accepted', now, principal: state.status === 'none' ? null : state.ticket.principal };
  }

  const names: readonly CommandName[] = ['reserve', 'confirm', 'release'];
  const servers = await Promise.all([
    ...names.map((name) => bus.requests.serve(ticketSubjects[name], (body) => handle(name, body))),
    bus.requests.serve(ticketSubjects.time, () => store.ping()),
  ]);

  return {
    async issue({ principal, route = null } = {}) {
      const ticket = newTicket();
      const ticketId = ticketIdOf(proofOf(ticket));
      const { now } = await store.ping();
      const issue: TicketCommand = {
        type: 'issue',
        id: newId(),
        context: nowhere,
        deadline: now + 1_000,
        ttlMs: 30_000,
        route,
        principal: {
          issuer: 'main',
          session: 's-1',
          sessionFrom: 'sid',
          user: 'u-1',
          tokenIssuedAt: Math.floor(now / 1000),
          kid: null,
          attributes: {},
          ...principal,
        },
      };
      await execute(ticketId, issue, { store, source });
      return { ticket, ticketId };
    },
    hold(name) {
      let letGo = () => {};
      let reached = () => {};
      const before = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      const held = new Promise<void>((resolve) => {
        reached = resolve;
      });
      disturbances.set(name, { before, reached });
      return { reached: held, letGo };
    },
    loseReply: (name) => disturbances.set(name, { lost: true }),
    answer: (name, reply) => fixed.set(name, reply),
    count: (name) => counts.get(name) ?? 0,
    async stop() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
