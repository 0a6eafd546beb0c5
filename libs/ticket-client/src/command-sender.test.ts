import { BusError, createStoreClock, newId, type RequestReply } from '@admit-one/core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Command, type CommandSender, createCommandSender } from './command-sender.ts';
import { type TicketReply, ticketSubjects } from './protocol.ts';

// The pauses between tries, by the clock that some tests replace.
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
}));

const STORE_NOW = 1_000_000;
const HUNG = new Promise<never>(() => {});
const { reserve } = ticketSubjects;

interface Sent {
  readonly subject: string;
  readonly deadline: number;
  readonly at: number;
}

type Answer = (copy: number) => Promise<unknown> | object;

/** Ticket-services, each with its answer to a copy; the group hands requests to the one that `next` names. */
function fleetOf(instances: Readonly<Record<string, Answer>>, next: (request: number) => string) {
  const sent: Sent[] = [];
  let requested = 0;
  const requests: RequestReply = {
    async request(subject, body, timeoutMs) {
      if (subject === ticketSubjects.time) return { now: STORE_NOW };
      const { deadline } = body as { deadline: number };
      sent.push({ subject, deadline, at: performance.now() });
      const name = subject === reserve ? next(requested++) : subject.slice(reserve.length + 1);
      const answer = instances[name];
      if (!answer) throw new BusError('no_responders', name);
      const timeout = new Promise((_, reject) =>
        setTimeout(() => reject(new BusError('timeout', name)), timeoutMs).unref(),
      );
      return Promise.race([answer(sent.length), timeout]);
    },
    serve: () => Promise.reject(new Error('nothing is served here')),
  };
  return { sent, requests, subjects: () => sent.map(({ subject }) => subject) };
}

function acceptedBy(instance: string): TicketReply {
  return { kind: 'accepted', now: STORE_NOW, principal: null, instance };
}

function rejectedBy(instance: string, reason: 'ticket_replayed' | 'overloaded' | 'store_unavailable') {
  return { kind: 'rejected', now: null, reason, recorded: reason === 'ticket_replayed', instance };
}

function senderOn(requests: RequestReply, attemptMs = 700): CommandSender {
  return createCommandSender({ requests, clock: createStoreClock(), attemptMs });
}

function command(): Command {
  return { command: newId(), handshake: newId(), context: {}, proof: newId() } as unknown as Command;
}

describe('a request whose reply is overdue', () => {
  it('is sent to the instance that replied last, and the first usable reply wins', async () => {
    let hangs = false;
    const { requests, subjects } = fleetOf({ good: () => acceptedBy('good'), hung: () => HUNG }, () =>
      hangs ? 'hung' : 'good',
    );
    const sender = senderOn(requests);
    await sender.send(reserve, command(), 2_000);
    hangs = true;
    expect(await sender.send(reserve, command(), 2_000)).toMatchObject({ instance: 'good' });
    expect(subjects()).toEqual([reserve, reserve, `${reserve}-good`]);
  });

  it('goes to the group where the known instance has left', async () => {
    const { requests, subjects } = fleetOf(
      { new: () => acceptedBy('new'), hung: () => HUNG, gone: () => acceptedBy('gone') },
      (request) => ['gone', 'hung', 'new'][request] ?? 'new',
    );
    const withoutGone: RequestReply = {
      ...requests,
      request: (subject, body, timeoutMs) =>
        subject === `${reserve}-gone`
          ? Promise.reject(new BusError('no_responders', 'gone'))
          : requests.request(subject, body, timeoutMs),
    };
    const sender = senderOn(withoutGone);
    await sender.send(reserve, command(), 2_000);
    expect(await sender.send(reserve, command(), 2_000)).toMatchObject({ instance: 'new' });
    expect(subjects()).toEqual([reserve, reserve, reserve]);
  });

  it('cannot be decided by the first copy any more when the second is sent', async () => {
    let hangs = false;
    const { requests, sent } = fleetOf({ good: () => acceptedBy('good'), hung: () => HUNG }, () =>
      hangs ? 'hung' : 'good',
    );
    const sender = senderOn(requests);
    await sender.send(reserve, command(), 2_000);
    hangs = true;
    await sender.send(reserve, command(), 2_000);
    const [known, first, second] = sent;
    if (!known || !first || !second) throw new Error('not hedged');
    expect(first.deadline - STORE_NOW).toBeLessThan(second.at - known.at);
    expect(second.deadline).toBeGreaterThan(first.deadline + 1_000);
  });

  it('is sent again at once where an instance was too late for the first copy only', async () => {
    const late = { ...acceptedBy('busy'), kind: 'rejected', reason: 'deadline_exceeded', recorded: false };
    const { requests, subjects } = fleetOf(
      { busy: (copy) => (copy === 2 ? { ...late, now: STORE_NOW + 200 } : acceptedBy('busy')) },
      () => 'busy',
    );
    const sender = senderOn(requests);
    await sender.send(reserve, command(), 2_000);
    expect(await sender.send(reserve, command(), 2_000)).toMatchObject({ kind: 'accepted' });
    expect(subjects()).toEqual([reserve, reserve, `${reserve}-busy`]);
  });

  it('is sent to another instance when it is tried again, also where no hedge is left', async () => {
    let hangs = false;
    const { requests } = fleetOf({ good: () => acceptedBy('good'), hung: () => HUNG }, () =>
      hangs ? 'hung' : 'good',
    );
    const sender = senderOn(requests, 100);
    await sender.send(reserve, command(), 2_000);
    hangs = true;
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => sender.send(reserve, command(), 2_000)),
    );
    expect(replies.filter(({ kind }) => kind === 'accepted')).toHaveLength(50);
  });

  it('takes the reply of an earlier copy, also after its try has ended', async () => {
    const late = new Promise<object>((resolve) => setTimeout(resolve, 120, acceptedBy('slow')));
    const { requests, sent } = fleetOf({ slow: (copy) => (copy === 1 ? late : HUNG) }, () => 'slow');
    expect(await senderOn(requests, 50).send(reserve, command(), 1_000)).toMatchObject({ instance: 'slow' });
    expect(sent.length).toBeGreaterThan(1);
  });

  it('is not settled by the failure of one copy while another is under way', async () => {
    const slow = new Promise<object>((resolve) =>
      setTimeout(resolve, 250, rejectedBy('slow', 'ticket_replayed')),
    );
    let isSlow = false;
    const { requests } = fleetOf(
      {
        full: (copy) => (copy === 1 ? acceptedBy('full') : rejectedBy('full', 'overloaded')),
        slow: () => slow,
      },
      () => (isSlow ? 'slow' : 'full'),
    );
    const sender = senderOn(requests);
    await sender.send(reserve, command(), 2_000);
    isSlow = true;
    expect(await sender.send(reserve, command(), 2_000)).toMatchObject({ reason: 'ticket_replayed' });
  });

  it('tells the failure where no copy does better', async () => {
    let isSlow = false;
    const { requests } = fleetOf(
      {
        full: (copy) => (copy === 1 ? acceptedBy('full') : rejectedBy('full', 'overloaded')),
        hung: () => HUNG,
      },
      () => (isSlow ? 'hung' : 'full'),
    );
    const sender = senderOn(requests, 100);
    await sender.send(reserve, command(), 2_000);
    isSlow = true;
    expect(await sender.send(reserve, command(), 400)).toMatchObject({ reason: 'overloaded' });
  });
});

describe('hedges', () => {
  it('are at most a tenth of the requests, and a few, while the fleet as a whole is slow', async () => {
    let delayMs = 0;
    const slow = () => new Promise<object>((resolve) => setTimeout(resolve, delayMs, acceptedBy('slow')));
    const { requests, sent } = fleetOf({ slow }, () => 'slow');
    const sender = senderOn(requests);
    for (let n = 0; n < 5; n += 1) await sender.send(reserve, command(), 5_000);
    sent.length = 0;
    delayMs = 200;
    await Promise.all(Array.from({ length: 100 }, () => sender.send(reserve, command(), 5_000)));
    expect(sent.length).toBeGreaterThan(100);
    expect(sent.length).toBeLessThanOrEqual(100 + 10 + 10);
  });

  it('are not used up by an instance that hangs', async () => {
    let request = 0;
    const { requests } = fleetOf({ good: () => acceptedBy('good'), hung: () => HUNG }, () =>
      request === 0 ? 'good' : 'hung',
    );
    const sender = senderOn(requests);
    await sender.send(reserve, command(), 2_000);
    const times: number[] = [];
    for (request = 1; request <= 40; request += 1) {
      const startedAt = performance.now();
      expect(await sender.send(reserve, command(), 2_000)).toMatchObject({ kind: 'accepted' });
      times.push(performance.now() - startedAt);
    }
    // Used-up hedges would leave most requests to wait; a busy machine delays a few.
    expect(times.toSorted((a, b) => a - b)[20]).toBeLessThan(600);
  });
});

describe('the last quarter of a budget', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    return () => void vi.useRealTimers();
  });

  it('is for replies: no copy is sent in it, and no deadline is in it', async () => {
    const { requests, sent } = fleetOf({ hung: () => HUNG }, () => 'hung');
    const startedAt = performance.now();
    const replied = senderOn(requests, 60).send(reserve, command(), 800);
    const endedAt = replied.then(() => performance.now());
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await replied).toMatchObject({ reason: 'ticket_service_unavailable' });
    expect((await endedAt) - startedAt).toBe(800);
    expect(sent.length).toBeGreaterThan(2);
    for (const { deadline, at } of sent) {
      expect(at - startedAt).toBeLessThanOrEqual(600);
      expect(deadline - STORE_NOW).toBeLessThanOrEqual(600);
    }
  });

  it('brings the recorded rejection of a command that was decided at its deadline', async () => {
    const atTheEnd = new Promise<object>((resolve) =>
      setTimeout(resolve, 340, rejectedBy('busy', 'ticket_replayed')),
    );
    const { requests } = fleetOf({ busy: () => atTheEnd }, () => 'busy');
    const replied = senderOn(requests, 60).send(reserve, command(), 400);
    await vi.advanceTimersByTimeAsync(400);
    expect(await replied).toMatchObject({ reason: 'ticket_replayed', recorded: true });
  });
});
