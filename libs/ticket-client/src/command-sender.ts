import { BusError, createDeadlines, type RequestReply, type StoreClock } from '@admit-one/core';
import { Copies, type CopyResult } from './copies.ts';
import { createHedging } from './hedging.ts';
import {
  type ConfirmRequest,
  createGuard,
  type ExchangeRequest,
  instanceSubject,
  type RedeemRequest,
  type ReleaseRequest,
  type ReserveRequest,
  TicketReply,
  TimeReply,
  ticketSubjects,
} from './protocol.ts';
import { type SendOnce, sendWithRetries, type TryTimes } from './send-with-retries.ts';

/** A request of the protocol without its deadline, which every copy sets again. */
type WithoutDeadline<Request> = Omit<Request, 'deadline'>;

export type Command =
  | WithoutDeadline<ReserveRequest>
  | WithoutDeadline<ExchangeRequest>
  | WithoutDeadline<RedeemRequest>
  | WithoutDeadline<ConfirmRequest>
  | WithoutDeadline<ReleaseRequest>;

export interface CommandSenderOptions {
  readonly requests: RequestReply;
  readonly clock: StoreClock;
  /** How long one try waits for a reply before the command is sent again. */
  readonly attemptMs: number;
}

/** Sends idempotent commands to ticket-services. Its methods reject on a bug only. */
export interface CommandSender {
  send(subject: string, command: Command, budgetMs: number): Promise<TicketReply>;
  /** Sets the clock to the store's. False where no ticket-service answered. */
  synchronize(): Promise<boolean>;
}

/** A command with its copies, and the instances that got one by name. */
interface Sending {
  readonly subject: string;
  readonly command: Command;
  readonly copies: Copies;
  asked: Set<string> | undefined;
  tries: number;
}

const isTicketReply = createGuard(TicketReply);
const isTimeReply = createGuard(TimeReply);

export function createCommandSender({ requests, clock, attemptMs }: CommandSenderOptions): CommandSender {
  const hedging = createHedging();
  const waits = createDeadlines<Copies>((copies) => copies.timeOut());

  function send(subject: string, command: Command, budgetMs: number): Promise<TicketReply> {
    const sending: Sending = { subject, command, copies: new Copies(waits), asked: undefined, tries: 0 };
    hedging.countRequest();
    return sendWithRetries((times) => attempt(sending, times), budgetMs);
  }

  /**
   * Sends a copy, and if its reply is overdue, a second one to another instance. The deadline of the first is halfway to
   * the second: otherwise both could be decided, with a rejection of the second that no one is rejected by. Replies to
   * copies of earlier tries count too.
   */
  async function attempt(sending: Sending, times: TryTimes): ReturnType<SendOnce> {
    const { subject, copies } = sending;
    const { decideBy, endsAt, pauseMs } = times;
    if (!clock.synchronized) {
      const time = await requestTime(Math.min(attemptMs, timeUntil(endsAt)));
      if (time !== 'set') return time === 'unreachable' ? time : 'unanswered';
    }
    const startedAt = performance.now();
    const isLast = startedAt + attemptMs + pauseMs >= decideBy;
    const waitUntil = isLast ? endsAt : startedAt + attemptMs;
    const lateAt = startedAt + hedging.delayMs;
    const overdueAt = lateAt + hedging.delayMs;
    sending.tries += 1;
    const isRetry = sending.tries > 1;
    const isHedged =
      !isRetry &&
      overdueAt < Math.min(waitUntil, decideBy) &&
      hedging.lastReplied() !== undefined &&
      hedging.take();

    const ownDeadline = storeTimeAt(isHedged ? lateAt : decideBy);
    const lastDeadline = storeTimeAt(decideBy);
    const first = copies.add(
      isRetry ? sendElsewhere(sending, times) : sendCopy(subject, sending.command, ownDeadline, endsAt),
    );
    let result = await copies.settledBy(isHedged ? overdueAt : waitUntil);
    if (isHedged && (result === undefined || isLate(result, ownDeadline, lastDeadline))) {
      copies.add(sendElsewhere(sending, times));
      result = await copies.settledBy(waitUntil);
      if (!first.isDone && typeof result === 'object') hedging.giveBack();
    } else if (isHedged) hedging.giveBack();
    result ??= copies.takeFailure() ?? 'lost';
    return result === 'lost' || result === 'no_responders' ? 'unanswered' : result;
  }

  /** Store time at a time of the monotonic clock. */
  function storeTimeAt(at: number): number {
    return clock.now() + Math.floor(at - performance.now());
  }

  /** To the instance that replied last, if possible to one without a copy, or to any where none is known. */
  async function sendElsewhere(sending: Sending, { decideBy, endsAt }: TryTimes): Promise<CopyResult> {
    const { subject, command } = sending;
    const deadline = storeTimeAt(decideBy);
    const instance = hedging.lastReplied(sending.asked) ?? hedging.lastReplied();
    if (instance !== undefined) {
      sending.asked ??= new Set();
      sending.asked.add(instance);
      const result = await sendCopy(instanceSubject(subject, instance), command, deadline, endsAt);
      if (result !== 'no_responders') return result;
      hedging.forget(instance);
    }
    return sendCopy(subject, command, deadline, endsAt);
  }

  /** @param deadline store time @param endsAt by the monotonic clock */
  async function sendCopy(
    subject: string,
    command: Command,
    deadline: number,
    endsAt: number,
  ): Promise<CopyResult> {
    const sentAt = performance.now();
    try {
      const reply = await requests.request(subject, { deadline, ...command }, Math.max(1, endsAt - sentAt));
      if (!isTicketReply(reply)) return 'lost';
      if (reply.now !== null) clock.observe(reply.now);
      hedging.observe(performance.now() - sentAt, reply.instance);
      return reply;
    } catch (error) {
      return resultOf(error);
    }
  }

  async function requestTime(timeoutMs: number): Promise<'set' | Failure> {
    const sentAt = performance.now();
    try {
      const reply = await requests.request(ticketSubjects.time, {}, timeoutMs);
      if (!isTimeReply(reply)) return 'lost';
      clock.observe(reply.now);
      hedging.observe(performance.now() - sentAt, reply.instance);
      return 'set';
    } catch (error) {
      return resultOf(error);
    }
  }

  return {
    send,
    synchronize: async () => (await requestTime(attemptMs)) === 'set',
  };
}

type Failure = 'lost' | 'unreachable' | 'no_responders';

/** Rethrows anything but an error of the bus: a bug. */
function resultOf(error: unknown): Failure {
  if (!(error instanceof BusError)) throw error;
  if (error.code === 'no_responders') return error.code;
  return error.code === 'timeout' ? 'lost' : 'unreachable';
}

/** Whether a copy was too late for its own deadline, but not for the command's. Both are store time. */
function isLate(result: CopyResult, ownDeadline: number, lastDeadline: number): boolean {
  if (typeof result !== 'object' || result.kind === 'accepted' || result.now === null) return false;
  return result.reason === 'deadline_exceeded' && result.now > ownDeadline && result.now <= lastDeadline;
}

function timeUntil(end: number): number {
  return Math.max(1, end - performance.now());
}
