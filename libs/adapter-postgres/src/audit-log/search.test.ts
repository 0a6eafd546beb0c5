import {
  type AuditFilter,
  type AuditPage,
  eventFacts,
  type FilterFact,
  factsOf,
  filterMatcher,
  type ReceivedEvent,
} from '@admit-one/core';
import { ABSENT, withoutPosition } from '@admit-one/port-contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeOnBothEngines } from '../sql/engines.fixture.ts';
import type { Sql } from '../sql/sql.ts';
import { cursorOf, placeOfEvent } from './cursor.ts';
import { query } from './query.ts';
import { fillWithSeededEvents, type SeededLog, seeded } from './seeded-log.fixture.ts';

// biome-ignore lint/style/noProcessEnv: `npm run test:all` asks for the long set
const isLong = process.env.ADMIT_ONE_LONG === 'true';
const SEEDED_COUNT = isLong ? 200_000 : 2_000;

/** How much of what a common value finds in the long set is compared; in the short one, everything. */
const MOST_PAGES = 20;

/** For the long set. */
const timeout = 1_800_000;

type Order = AuditPage['order'];

const facts: readonly FilterFact[] = [
  'type',
  'source',
  'trace',
  ...(Object.keys(eventFacts) as FilterFact[]),
];

function factIn(event: ReceivedEvent, fact: FilterFact): string | null {
  return fact === 'type' || fact === 'source' ? event[fact] : factsOf(event)[fact];
}

/** Some values of each fact, and some that no event has. */
function valuesIn(events: readonly ReceivedEvent[]): Readonly<Record<FilterFact, readonly string[]>> {
  const some = events.filter((_, n) => n % 97 === 0);
  const absent: Partial<Record<FilterFact, readonly string[]>> = {
    ticket: ['________', ...some.flatMap((event) => factIn(event, 'ticket')?.slice(0, 8) ?? [])],
    address: [
      '203.0.113.0/24',
      '198.51.0.0/16',
      '2001:db8::/32',
      '198.51.1.0/24',
      '2001:db8:1::/48',
      '0.0.0.0/0',
    ],
    trace: ['f'.repeat(32)],
  };
  return Object.fromEntries(
    facts.map((fact) => {
      const values = some.flatMap((event) => factIn(event, fact) ?? []);
      return [fact, [...new Set([...values, ...(absent[fact] ?? [ABSENT])])]];
    }),
  ) as unknown as Record<FilterFact, readonly string[]>;
}

/** The events in each order. */
function inEachOrder(position: readonly ReceivedEvent[]): Readonly<Record<Order, readonly ReceivedEvent[]>> {
  const keyed = position.map((event) => ({
    event,
    key: `${event.time} ${event.partitionkey} ${event.sequence}`,
  }));
  const asc = keyed.sort((one, other) => (one.key < other.key ? -1 : 1)).map(({ event }) => event);
  return { asc, desc: asc.toReversed(), position };
}

describeOnBothEngines((_engine, openEmpty) => {
  let sql: Sql;
  let filled: SeededLog;
  let ordered: ReturnType<typeof inEachOrder>;

  beforeAll(async () => {
    sql = await openEmpty();
    filled = await fillWithSeededEvents(sql, SEEDED_COUNT);
    ordered = inEachOrder(filled.events);
  }, timeout);
  afterAll(() => sql?.close());

  /** Follows the pages to the end, or for so many. */
  async function search(
    filter: AuditFilter,
    page: AuditPage,
    budget: number,
    most = Number.POSITIVE_INFINITY,
  ) {
    const found: ReceivedEvent[] = [];
    let [cursor, end] = [page.cursor, false];
    for (let pages = 0; !end && pages < most; pages += 1) {
      const answer = await query(sql, filter, { ...page, cursor }, budget);
      expect(answer.events.length).toBeLessThanOrEqual(page.limit);
      expect(answer.end || answer.next !== cursor).toBe(true);
      found.push(...answer.events.map(withoutPosition));
      ({ next: cursor, end } = answer);
    }
    return { ids: found.map(({ id }) => id), end };
  }

  const orders: readonly Order[] = ['asc', 'desc', 'position'];

  describe('finds the same as a filter in memory', () => {
    test.each(facts)('by %s', { timeout }, async (fact) => {
      const values = valuesIn(filled.events)[fact];
      const some = values.filter((_, n) => n % Math.ceil(values.length / 2) === 0);
      // Over midnight: of two partitions.
      const range = { from: '2026-01-10T23:00:00Z', to: '2026-01-11T01:00:00Z' };
      const someOrders = isLong ? orders : orders.filter((_, n) => n === facts.indexOf(fact) % orders.length);
      for (const filter of [
        ...some.map((value) => ({ facts: { [fact]: { include: [value] } } })),
        { facts: { [fact]: { include: some } }, ...range },
        { facts: { [fact]: { exclude: some } }, ...range },
      ]) {
        const matches = new Set(filled.events.filter(filterMatcher(filter)));
        for (const order of someOrders) {
          const page = { limit: 1_000, order };
          const { ids, end } = await search(filter, page, SEEDED_COUNT, MOST_PAGES);
          const expected = ordered[order].filter((event) => matches.has(event)).map(({ id }) => id);
          expect(ids, JSON.stringify({ filter, order })).toEqual(
            expected.slice(0, end ? undefined : MOST_PAGES * page.limit),
          );
        }
      }
    });

    test.each(orders)('page by page, %s, where one event exceeds the budget', async (order) => {
      const pages = 60;
      const { ids } = await search({}, { limit: 1, order }, 1, pages);
      expect(ids.length).toBeGreaterThan(pages / 3);
      expect(ids).toEqual(ordered[order].slice(0, ids.length).map(({ id }) => id));
    });

    test('whatever the filter, order, limit, budget and cursor', { timeout }, async () => {
      const values = valuesIn(filled.events);
      const list = (all: readonly string[]) =>
        fc.uniqueArray(fc.constantFrom(...all), { minLength: 1, maxLength: 3 });
      const condition = (all: readonly string[]) =>
        fc.oneof(
          { weight: 3, arbitrary: fc.record({ include: list(all) }) },
          { weight: 1, arbitrary: fc.record({ exclude: list(all) }) },
          { weight: 1, arbitrary: fc.record({ include: list(all), exclude: list(all) }) },
        );
      const instant = fc
        .integer({ min: seeded.from, max: seeded.to })
        .map((time) => new Date(time).toISOString());
      const filter: fc.Arbitrary<AuditFilter> = fc.record(
        {
          facts: fc
            .uniqueArray(fc.constantFrom(...facts), { maxLength: 3 })
            .chain((some) =>
              fc.record(Object.fromEntries(some.map((fact) => [fact, condition(values[fact])]))),
            ),
          attributes: fc.record({ plan: condition(['free', 'team', 'rare', ABSENT]) }),
          anyOf: fc.array(
            fc
              .constantFrom<FilterFact>('ticket', 'session', 'user', 'connection', 'trace', 'reason')
              .chain((fact) =>
                fc.record({ fact: fc.constant(fact), value: fc.constantFrom(...values[fact]) }),
              ),
            { minLength: 1, maxLength: 3 },
          ),
          from: instant,
          to: instant,
        },
        { requiredKeys: ['facts'] },
      );
      const page = fc.record({
        order: fc.constantFrom(...orders),
        limit: fc.constantFrom(1, 7, 100),
        budget: fc.constantFrom(1, 30, 400, 20_000),
        behind: fc.option(fc.nat(SEEDED_COUNT - 1), { freq: 2 }),
      });
      await fc.assert(
        fc.asyncProperty(filter, page, async (filter, { order, limit, budget, behind }) => {
          const start = behind === null ? 0 : behind + 1;
          const cursor =
            start === 0 ? undefined : cursorBehind(ordered[order][start - 1], order, filled.events);
          const expected = ordered[order].slice(start).filter(filterMatcher(filter));
          const { ids, end } = await search(filter, { order, limit, cursor }, budget, 6);
          expect(ids).toEqual(expected.slice(0, end ? undefined : ids.length).map(({ id }) => id));
        }),
        { numRuns: isLong ? 10 : 25 },
      );
    });
  });

  /** The plans of the statements of a search, without those that look at the stream's horizon. */
  async function plansOf(
    filter: AuditFilter,
    order: Order,
    cursor?: string,
    budget?: number,
  ): Promise<string> {
    const plans: string[] = [];
    const explaining: Sql = {
      ...sql,
      async query<Row>(text: string, parameters?: readonly unknown[]) {
        const lines = await sql.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, parameters);
        plans.push(...lines.map((line) => line['QUERY PLAN']));
        return sql.query<Row>(text, parameters);
      },
    };
    await query(explaining, filter, { limit: 10, order, cursor }, budget);
    return plans.join('\n');
  }

  describe('reads', () => {
    const secondDay = { from: '2026-01-11T10:00:00Z', to: '2026-01-11T11:00:00Z' };
    const newest = (fact: FilterFact) =>
      filled.events.findLast((event) => factIn(event, fact) !== null && event.time < secondDay.to);
    /** Of few events, so that the index pays in a small log too. */
    const byRare = (fact: FilterFact): AuditFilter => {
      if (fact === 'address') return { facts: { address: { include: ['203.0.113.9'] } } };
      const event = newest(fact);
      return { facts: { [fact]: { include: [(event && factIn(event, fact)) ?? ''] } } };
    };

    test.each<[FilterFact, string]>([
      ['ticket', 'ticket'],
      ['connection', 'connection'],
      ['trace', 'trace'],
      ['session', 'session_time'],
      ['user', 'user_id_time'],
      ['address', 'prefix_time'],
    ])('by %s from its index', async (fact, index) => {
      const plan = await plansOf(byRare(fact), 'desc');
      expect(plan).toMatch(`event_20260111_${index}_idx`);
      expect(plan).not.toMatch(/Seq Scan on event_20260111/);
    });

    test.each(['asc', 'desc'] as const)('everything of an hour, %s, from one partition', async (order) => {
      const plan = await plansOf(secondDay, order);
      expect(plan).toMatch(/rollup_(pkey|by_minute)/);
      expect(plan).toMatch(/event_20260111_pkey/);
      expect(plan).not.toMatch(/event_20260110|event_outside/);
    });

    test('the newest minutes that hold a common value', async () => {
      const plan = await plansOf({ facts: { route: { include: ['chat'] } }, to: secondDay.to }, 'desc');
      expect(plan).toMatch(/rollup_(pkey|by_minute)/);
      expect(plan).toMatch(/event_20260111_pkey/);
      expect(plan).not.toMatch(/event_20260110|event_outside/);
    });

    test.each<[string, AuditFilter]>([
      ['a value that never occurs', { facts: { origin: { include: [ABSENT] } } }],
      ['an attribute that never occurs', { attributes: { [ABSENT]: { include: ['free'] } } }],
      [
        'a common and an absent value',
        { facts: { route: { include: ['chat'] }, origin: { include: [ABSENT] } } },
      ],
      [
        'common values that never occur together',
        { facts: { type: { include: ['admit.ticket.issued'] }, reason: { include: ['client_closed'] } } },
      ],
    ])('no event for %s', async (_name, filter) => {
      for (const order of ['asc', 'desc'] as const) {
        const plan = await plansOf(filter, order);
        expect(plan).toMatch(/rollup_(pkey|by_minute)/);
        expect(plan).not.toMatch(/event_/);
      }
    });

    test('in the order of the stream from its index', async () => {
      const plan = await plansOf({}, 'position', '1.3.10', 200);
      const [read] = plan.split('CTE Scan on found');
      expect(read).toMatch(/event_20260111_generation_stream_sequence_batch_index_idx/);
      expect(read).not.toMatch(/-> {2}(Incremental )?Sort/);
    });
  });
});

function cursorBehind(
  event: ReceivedEvent | undefined,
  order: Order,
  events: readonly ReceivedEvent[],
): string {
  if (!event) throw new Error('there is no such event');
  if (order !== 'position') return cursorOf(placeOfEvent(event));
  const n = events.indexOf(event);
  return `1.${Math.floor(n / 250) + 1}.${n % 250}`;
}
