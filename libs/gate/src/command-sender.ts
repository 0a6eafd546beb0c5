import { setTimeout as pause } from 'node:timers/promises';
import {
  BusError,
  type Principal,
  type Reason,
  type RequestReply,
  reasonRow,
  type StoreClock,
} from '@admit-one/core';
import {
  type ConfirmRequest,
  createGuard,
  type RedeemRequest,
  type ReleaseRequest,
  type ReserveRequest,
  TicketReply,
  TimeReply,
  ticketSubjects,
} from './protocol.ts';

/** What became of a command. `recorded` says whether the trail has the refusal already. */
export type Answer =
  | { readonly kind: 'accepted'; readonly principal: Principal | null }
  | { readonly kind: 'refused'; readonly reason: Reason; readonly recorded: boolean };

/** A request of the protocol without its deadline, which every try sets anew. */
type Untimed<Request> = Omit<Request, 'deadline'>;

export type UntimedCommand =
  | Untimed<ReserveRequest>
  | Untimed<RedeemRequest>
  | Untimed<ConfirmRequest>
  | Untimed<ReleaseRequest>;

export interface CommandSender {
  /** Sends a command, and the same one again, until it is answered or the budget is spent. */
  send(subject: string, command: UntimedCommand, budgetMs: number): Promise<Answer>;
  /** Asks for the store's time. False where nobody answered. */
  hearTime(): Promise<boolean>;
}

export interface CommandSenderOptions {
  readonly requests: RequestReply;
  readonly clock: StoreClock;
  /** How long one try waits for its reply. */
  readonly attemptMs: number;
}

type Refused = Extract<Answer, { kind: 'refused' }>;

/** One try's answer, and whether another try may have a better one. */
type Attempt =
  | { readonly answer: Answer; readonly again: 'no' }
  | { readonly answer: Refused; readonly again: 'once' | 'yes' };

const UNANSWERED: Refused = { kind: 'refused', reason: 'ticket_service_unavailable', recorded: false };

const FIRST_PAUSE_MS = 20;
const LAST_PAUSE_MS = 200;

/** Makes the retrying half of the gate: commands out, checked answers in. */
export function createCommandSender({ requests, clock, attemptMs }: CommandSenderOptions): CommandSender {
  const isTicketReply = createGuard(TicketReply);
  const isTimeReply = createGuard(TimeReply);

  async function send(subject: string, command: UntimedCommand, budgetMs: number): Promise<Answer> {
    const endsAt = performance.now() + budgetMs;
    const secondTries = new Set<Reason>();
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS)) {
      const { answer, again } = await attempt(subject, command, endsAt);
      if (again === 'no' || (again === 'once' && secondTries.has(answer.reason))) return answer;
      if (again === 'once') secondTries.add(answer.reason);
      if (performance.now() + pauseMs >= endsAt) return answer;
      await pause(pauseMs);
    }
  }

  async function attempt(subject: string, command: UntimedCommand, endsAt: number): Promise<Attempt> {
    try {
      if (!clock.synchronized && !(await askTime(timeoutUntil(endsAt))))
        return { answer: UNANSWERED, again: 'yes' };
      const deadline = clock.now() + Math.floor(endsAt - performance.now());
      const reply = await requests.request(subject, { ...command, deadline }, timeoutUntil(endsAt));
      return isTicketReply(reply) ? understood(reply) : { answer: UNANSWERED, again: 'yes' };
    } catch (error) {
      const { code } = busErrorOf(error);
      return { answer: UNANSWERED, again: code === 'no_responders' || code === 'timeout' ? 'yes' : 'no' };
    }
  }

  function understood(reply: TicketReply): Attempt {
    if (reply.outcome !== 'failed') clock.observe(reply.now);
    switch (reply.outcome) {
      case 'accepted':
        return { answer: { kind: 'accepted', principal: reply.principal }, again: 'no' };
      case 'rejected':
      case 'failed': {
        const { reason } = reply;
        const recorded = reply.outcome === 'rejected' && reasonRow(reason).recorded;
        return {
          answer: { kind: 'refused', reason, recorded },
          again: reasonRow(reason).secondTry ? 'once' : 'no',
        };
      }
      default:
        return reply satisfies never;
    }
  }

  async function askTime(timeoutMs: number): Promise<boolean> {
    const reply = await requests.request(ticketSubjects.time, {}, timeoutMs);
    if (!isTimeReply(reply)) return false;
    clock.observe(reply.now);
    return true;
  }

  function timeoutUntil(endsAt: number): number {
    return Math.max(1, Math.min(attemptMs, endsAt - performance.now()));
  }

  return {
    send,
    async hearTime() {
      try {
        return await askTime(attemptMs);
      } catch (error) {
        busErrorOf(error);
        return false;
      }
    },
  };
}

/** Passes on what is no fault of the bus: a bug. */
function busErrorOf(error: unknown): BusError {
  if (error instanceof BusError) return error;
  throw error;
}
