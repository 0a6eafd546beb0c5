import { setTimeout as elapse } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { connectWith, issueTicket } from '../stack/visitor.ts';
import { describeFaults } from './describe-faults.ts';
import { expectSound } from './soundness.ts';
import type { Visit } from './visits.ts';

const QUIET_MS = 2_000;
const HUNG_MS = 60_000;
const AT_A_TIME = 4;

/** A visit, and how long its upgrade took until the first message came back. */
interface TimedVisit {
  readonly visit: Visit;
  readonly ms: number;
}

describeFaults('a ticket-service that hangs', () => {
  let stack: ServicesStack;

  beforeAll(async () => {
    stack = await startServices();
  });
  afterAll(() => stack?.stop());

  test('takes no upgrade with it, and few milliseconds', async () => {
    const hung = stack.ticketServices[1];
    if (!hung) throw new Error('the stack has one ticket-service');
    await visitFor(1_000);
    const quiet = await visitFor(QUIET_MS);
    hung.pause();
    const meanwhile = await visitFor(HUNG_MS);
    hung.resume();
    const rejected = meanwhile.filter(({ visit }) => visit.kind !== 'admitted');
    console.log(`quiet: ${figuresOf(quiet)}; one of two hung: ${figuresOf(meanwhile)}`);
    expect(rejected).toEqual([]);
    expect(percentile(meanwhile, 50)).toBeLessThanOrEqual(10 * percentile(quiet, 50));
    await hung.ready();
    await expectSound(
      stack,
      [...quiet, ...meanwhile].map(({ visit }) => visit),
    );
  });

  async function visitFor(ms: number): Promise<readonly TimedVisit[]> {
    const made: TimedVisit[] = [];
    let isOver = false;
    const visitors = Array.from({ length: AT_A_TIME }, async (_, edge) => {
      for (let visit = edge; !isOver; visit += 1) made.push(await visitTimed(visit));
    });
    await elapse(ms);
    isOver = true;
    await Promise.all(visitors);
    return made;
  }

  async function visitTimed(edge: number): Promise<TimedVisit> {
    const { ticket, ticketId } = await issueTicket(stack);
    const startedAt = performance.now();
    const at = Date.now();
    try {
      const connection = await connectWith(stack, { ticket }, { route: 'echo', edge });
      connection.socket.send('hello');
      const outcome = await Promise.race([
        connection.next().then(() => 'echo' as const),
        connection.closed.then(({ code, reason }) => `${code} ${reason}`),
      ]);
      const ms = performance.now() - startedAt;
      await connection.close();
      if (outcome !== 'echo') return { visit: { kind: 'broken', step: 'connection', why: outcome, at }, ms };
      return { visit: { kind: 'admitted', ticket, ticketId, at }, ms };
    } catch (error) {
      const ms = performance.now() - startedAt;
      return { visit: { kind: 'broken', step: 'connection', why: String(error), at }, ms };
    }
  }
});

function percentile(visits: readonly TimedVisit[], percent: number): number {
  const sorted = visits.map(({ ms }) => ms).sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length * percent) / 100)] ?? Number.NaN;
}

function figuresOf(visits: readonly TimedVisit[]): string {
  const rejected = visits.filter(({ visit }) => visit.kind !== 'admitted').length;
  const [p50, p99] = [50, 99].map((percent) => percentile(visits, percent).toFixed(1));
  return `${visits.length} upgrades, ${rejected} rejected, p50 ${p50} ms, p99 ${p99} ms`;
}
