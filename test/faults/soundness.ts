import { eventually, PATIENCE_MS } from '@admit-one/testkit';
import { expect } from 'vitest';
import { announcedLosses, events, expectNothingMissing } from '../stack/audit-log.ts';
import type { Stack } from '../stack/stack.ts';
import { isLetInAgain, makeVisit, type Visit, type Visits } from './visits.ts';

/** How many used tickets are presented again after an outage. */
const SAMPLE = 40;

/** `npm run test:all`: outages as long as real ones, and more load. */
export const isLong = process.env.ADMIT_ONE_LONG === 'true';

/** Seconds to break something for: the shortest that prove it, and in `npm run test:all` the real ones too. */
export function outages(short: readonly number[], long: readonly number[]): readonly number[] {
  return isLong ? [...short, ...long] : short;
}

/** A machine that is busy with something else is slow, not broken: only the long tests hold the services to the second. */
export const patient = (ms: number): number => (isLong ? ms : PATIENCE_MS);

/** Waits until a visit made after this moment was admitted. */
export async function expectAdmissions(visits: Visits, { withinMs }: { withinMs: number }): Promise<void> {
  const since = Date.now();
  await eventually(() => visits.made.some(({ kind, at }) => kind === 'admitted' && at >= since), {
    what: 'an admission',
    timeoutMs: patient(withinMs),
  });
}

type Rejection = Extract<Visit, { kind: 'rejected' }>;

/** Waits until so many visits were rejected after this moment. */
export async function expectRejections(visits: Visits, count = 1): Promise<readonly Rejection[]> {
  const since = Date.now();
  return eventually(
    () => {
      const rejections = visits.made.filter((visit) => visit.kind === 'rejected' && visit.at >= since);
      expect(rejections.length).toBeGreaterThanOrEqual(count);
      return rejections as readonly Rejection[];
    },
    { what: `${count} rejected visits` },
  );
}

/** Milliseconds of the fastest: what the services need, whatever else the machine does. */
export function fastestOf(rejections: readonly Rejection[]): number {
  return Math.min(...rejections.map(({ ms }) => ms));
}

/** Makes visits until one is rejected, and gives the rejection. */
export async function expectRejection(stack: Stack): Promise<Rejection> {
  return eventually(
    async () => {
      const visit = await makeVisit(stack);
      if (visit.kind !== 'rejected') throw new Error(`the visit was ${JSON.stringify(visit)}`);
      return visit;
    },
    { what: 'a rejection' },
  );
}

/** The codes of all rejections, each once. */
export function codesOf(visits: readonly Visit[]): readonly string[] {
  return [...new Set(visits.flatMap((visit) => (visit.kind === 'rejected' ? [visit.code] : [])))].sort();
}

/** How long an event may be on its way from the outbox to the stream. */
const ON_ITS_WAY_MS = 2_000;

export interface Soundness {
  /**
   * When a store died together with its outbox, Unix milliseconds: what it had not handed on by then is lost to the
   * audit log. Without it, nothing may be.
   */
  readonly outboxLostAt?: number;
}

/**
 * Whatever happened: every admission is in the audit log, once; no ticket has admitted two; none lets anybody in again;
 * and no sequence has a hole, except for what was lost with an outbox: that is announced.
 */
export async function expectSound(
  stack: Stack,
  visits: readonly Visit[],
  { outboxLostAt }: Soundness = {},
): Promise<void> {
  const admitted = visits.filter((visit) => visit.kind === 'admitted');
  const mayBeUntold = ({ at }: Visit) =>
    outboxLostAt !== undefined && at > outboxLostAt - ON_ITS_WAY_MS && at < outboxLostAt + ON_ITS_WAY_MS;
  await eventually(
    async () => {
      const consumed = await events(stack, { type: 'admit.ticket.consumed' });
      const told = new Set(consumed.map(({ subject }) => subject));
      expect(told.size, 'a ticket was consumed twice').toBe(consumed.length);
      const untold = admitted.filter(({ ticketId }) => !told.has(ticketId));
      expect(untold.filter((visit) => !mayBeUntold(visit))).toEqual([]);
    },
    { what: 'the audit log of every admission', everyMs: 250 },
  );
  const again = await Promise.all(
    admitted.slice(-SAMPLE).map(({ ticket }, edge) => isLetInAgain(stack, ticket, edge)),
  );
  expect(again.filter(Boolean)).toEqual([]);
  if (outboxLostAt === undefined) return expectNothingMissing(stack);
  const countLosses = async () => {
    const consumed = await events(stack, { type: 'admit.ticket.consumed' });
    const told = new Set(consumed.map(({ subject }) => subject));
    const untold = admitted.filter(({ ticketId }) => !told.has(ticketId));
    expect(await announcedLosses(stack)).toBeGreaterThanOrEqual(untold.length);
  };
  await eventually(countLosses, { what: 'the announced losses', everyMs: 250 });
}
