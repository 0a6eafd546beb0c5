import { Errors } from 'typebox/schema';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { eventCatalogue } from './events/catalogue.ts';
import type { NewEvent } from './events/cloud-event.ts';
import { newEvent } from './events/event.fixture.ts';
import type { Reason } from './reasons.ts';
import {
  createRejectionFolding,
  FOLD_MS,
  type Fold,
  foldedEvent,
  isRejected,
  type RejectionType,
} from './rejection-folding.ts';
import { SINGLE_REJECTIONS } from './source-rate.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const T0 = Date.UTC(2026, 0, 1);
const pass = (ms: number) => vi.advanceTimersByTime(ms);

function rejection(
  address: string | null = '192.0.2.1',
  reason: Reason = 'ticket_unknown',
  type: RejectionType = 'admit.ticket.rejected',
): NewEvent<RejectionType> {
  const { example } = eventCatalogue[type];
  const client = type === 'admit.issuance.rejected' ? {} : { client: 'admit-one/0.1.0' };
  const data = { ...example, ...client, reason, context: { ...example.context, address } };
  return newEvent({ type, data }) as NewEvent<RejectionType>;
}

function createFolding() {
  const folding = createRejectionFolding<NewEvent<RejectionType>>();
  return {
    ...folding,
    /** How many of so many at once get an event of their own. */
    singlesOf(count: number, event = rejection()): number {
      return Array.from({ length: count }, () =>
        folding.bySource(event, event.data.context.address, T0),
      ).filter((folded) => !folded).length;
    },
    takeAll(): readonly Fold<NewEvent<RejectionType>>[] {
      const folds: Fold<NewEvent<RejectionType>>[] = [];
      for (let fold = folding.take(true); fold; fold = folding.take(true)) folds.push(fold);
      return folds;
    },
  };
}

describe('a source', () => {
  it('gets so many events at once, then one a second, and the rest counted', () => {
    const { singlesOf, takeAll } = createFolding();
    expect(singlesOf(SINGLE_REJECTIONS + 500)).toBe(SINGLE_REJECTIONS);
    pass(10_000);
    expect(singlesOf(20)).toBe(10);
    expect(takeAll().map(({ count }) => count)).toEqual([510]);
    pass(SINGLE_REJECTIONS * 1_000);
    expect(singlesOf(SINGLE_REJECTIONS + 1)).toBe(SINGLE_REJECTIONS);
  });

  test.each<[string, NewEvent<RejectionType>, NewEvent<RejectionType>]>([
    ['address', rejection('192.0.2.1'), rejection('192.0.2.2')],
    ['missing address', rejection('192.0.2.1'), rejection(null)],
    ['reason', rejection(), rejection('192.0.2.1', 'ticket_expired')],
    ['type', rejection(), rejection('192.0.2.1', 'ticket_unknown', 'admit.handshake.rejected')],
  ])('is counted for itself: another %s', (_, one, other) => {
    const { singlesOf } = createFolding();
    singlesOf(SINGLE_REJECTIONS, one);
    expect([singlesOf(1, one), singlesOf(1, other)]).toEqual([0, 1]);
  });

  it('is the network, whatever the addresses', () => {
    const { bySource, takeAll } = createFolding();
    const folded = Array.from({ length: SINGLE_REJECTIONS + 1 }, (_, n) =>
      bySource(rejection(`2001:db8::${n.toString(16)}`), '2001:db8::/64', T0),
    );
    expect(folded.filter(Boolean)).toHaveLength(1);
    expect(takeAll()).toMatchObject([{ source: '2001:db8::/64', count: 1 }]);
  });

  it.each([
    ['2001:db8:7::/48', (n: number) => `2001:db8:7:${n.toString(16)}::/64`],
    ['2001:db8::/48', (n: number) => `2001:db8:0:${n.toString(16)}::/64`],
  ])('is the /48 where its networks together cause eight times as many: %s', (site, networkOf) => {
    const { bySource, takeAll } = createFolding();
    const of = (network: string) => bySource(rejection(), network, T0);
    const folded = Array.from({ length: 8 * SINGLE_REJECTIONS + 500 }, (_, n) => of(networkOf(n + 1)));
    expect(folded.filter(Boolean)).toHaveLength(500);
    expect(of('2001:db8:8:1::/64')).toBe(false);
    expect(takeAll()).toMatchObject([{ source: site, count: 500 }]);
  });

  it('takes no memory when it has rested', () => {
    const { singlesOf } = createFolding();
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < 200_000; n += 1) {
      if (n % 1_000 === 0) pass(1_000);
      singlesOf(1, rejection(`2001:db8:${(n >> 16).toString(16)}:${(n & 0xffff).toString(16)}::1`));
    }
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000);
  });
});

describe('a fold', () => {
  it('counts for a minute', () => {
    const { byReason, take } = createFolding();
    byReason(rejection(), T0);
    pass(FOLD_MS - 1);
    byReason(rejection(), T0 + FOLD_MS - 1);
    expect(take(false)).toBeUndefined();
    pass(1);
    expect(take(false)).toMatchObject({ count: 2, firstAt: T0, lastAt: T0 + FOLD_MS - 1 });
    expect(take(false)).toBeUndefined();
  });

  it('is one per reason and place', () => {
    const { byReason, takeAll } = createFolding();
    for (let n = 0; n < 10; n += 1) {
      byReason(rejection(`192.0.2.${n}`), T0, 1);
      byReason(rejection(`192.0.2.${n}`), T0, 2);
      byReason(rejection('192.0.2.1', 'ticket_expired'), T0, 1);
    }
    expect(takeAll().map(({ count, source }) => [count, source])).toEqual([
      [10, null],
      [10, null],
      [10, null],
    ]);
  });

  it('of a probe counts for itself, and its event says so', () => {
    const { byReason, takeAll } = createFolding();
    const event = rejection();
    const principal = { ...eventCatalogue['admit.ticket.rejected'].example.principal, synthetic: true };
    const ofProbe = { ...event, data: { ...event.data, principal } } as NewEvent<RejectionType>;
    for (const one of [event, ofProbe, event, ofProbe, ofProbe]) byReason(one, T0);
    const folded = takeAll().map((fold) => foldedEvent(fold, 'instance').data);
    expect(folded).toMatchObject([{ count: 2 }, { count: 3, principal: null, synthetic: true }]);
    expect(folded[0]).not.toHaveProperty('synthetic');
  });

  it('goes on counting where it was put back, and is due a minute later', () => {
    const { byReason, take, putBack } = createFolding();
    byReason(rejection(), T0);
    const fold = take(true) as Fold<NewEvent<RejectionType>>;
    byReason(rejection(), T0 + 5);
    putBack(fold);
    expect(take(true)).toMatchObject({ count: 2, firstAt: T0, lastAt: T0 + 5 });
    putBack(fold);
    pass(FOLD_MS - 1);
    expect(take(false)).toBeUndefined();
    pass(1);
    expect(take(false)).toMatchObject({ count: 1 });
  });
});

describe('the event of a fold', () => {
  const types: readonly RejectionType[] = [
    'admit.ticket.rejected',
    'admit.issuance.rejected',
    'admit.handshake.rejected',
  ];

  it.each(types)('of %s is of its schema, and says nothing that only some of them have', (type) => {
    const { byReason, take } = createFolding();
    for (const address of ['192.0.2.1', '192.0.2.2'])
      byReason(rejection(address, 'ticket_unknown', type), T0);
    const { subject, traceparent, data } = foldedEvent(
      take(true) as never,
      'instance',
    ) as NewEvent<RejectionType>;
    expect(Errors(eventCatalogue[type].data, data)).toEqual([true, []]);
    expect({ subject, traceparent }).toEqual({ subject: 'instance', traceparent: null });
    const { context, reason, count, firstAt, lastAt, pathway, ...others } = data as Record<string, unknown>;
    expect({ reason, count, firstAt, lastAt }).toEqual({
      reason: 'ticket_unknown',
      count: 2,
      firstAt: T0,
      lastAt: T0,
    });
    expect(new Set([...Object.values(others), ...Object.values(context as object)])).toEqual(new Set([null]));
  });

  it('names the source that all of them came from', () => {
    const { singlesOf, take } = createFolding();
    singlesOf(SINGLE_REJECTIONS + 2);
    const { data } = foldedEvent(take(true) as never, 'instance') as NewEvent<RejectionType>;
    expect(data.context).toMatchObject({ address: '192.0.2.1', agent: null });
  });

  it('of a single rejection is its own', () => {
    const { byReason, take } = createFolding();
    const event = rejection();
    byReason(event, T0);
    expect(foldedEvent(take(true) as never, 'instance')).toBe(event);
  });
});

it('is of rejections alone', () => {
  const types = Object.keys(eventCatalogue);
  expect(types.filter((type) => isRejected({ type }))).toEqual(
    types.filter((type) => type.endsWith('.rejected')),
  );
});
