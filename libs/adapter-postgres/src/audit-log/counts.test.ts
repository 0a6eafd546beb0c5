import { type CountsQuery, dimensions, type EventType, factsOf, type ReceivedEvent } from '@admit-one/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnBothEngines } from '../sql/engines.fixture.ts';
import type { Sql } from '../sql/sql.ts';
import { fillWithSeededEvents, type SeededLog, seeded } from './seeded-log.fixture.ts';

const COUNT = 1_000;
const HOUR_MS = 3_600_000;
const range = {
  from: new Date(seeded.from + 2 * HOUR_MS).toISOString(),
  to: new Date(seeded.to - 2 * HOUR_MS).toISOString(),
};

/** The counts of some words, the words in order. */
function tally(
  words: readonly (readonly [word: string, count: number])[],
): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const [word, count] of words) counts.set(word, (counts.get(word) ?? 0) + count);
  return [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
}

describeOnBothEngines((_engine, openEmpty) => {
  let sql: Sql;
  let filled: SeededLog;
  let within: readonly ReceivedEvent[];

  beforeAll(async () => {
    sql = await openEmpty();
    filled = await fillWithSeededEvents(sql, COUNT);
    within = filled.events.filter(({ time }) => range.from <= time && time < range.to);
  });
  afterAll(() => sql?.close());

  const hourOf = (time: string) => `${time.slice(0, 13)}:00:00.000Z`;

  test.each<[string, Pick<CountsQuery, 'types' | 'reasons'>]>([
    ['all events', {}],
    ['some types', { types: ['admit.ticket.rejected', 'admit.ticket.issued'] }],
    ['some reasons', { reasons: ['ticket_expired', 'client_closed'] }],
    ['a reason of a type', { types: ['admit.ticket.rejected'], reasons: ['ticket_expired'] }],
  ])('counts %s by interval, type and reason', async (_name, some) => {
    const counts = await filled.log.counts({ ...range, ...some, intervalSeconds: 3_600 });
    const counted = within.filter(
      (event) =>
        (some.types?.includes(event.type as EventType) ?? true) &&
        (some.reasons?.includes(factsOf(event).reason ?? '') ?? true),
    );
    expect(counts.map(({ time, type, reason, count }) => [`${time} ${type} ${reason}`, count])).toEqual(
      tally(
        counted.map((event) => {
          const { reason, count } = factsOf(event);
          return [`${hourOf(event.time)} ${event.type} ${reason}`, count];
        }),
      ),
    );
    expect(counts.length).toBeGreaterThan(10);
  });

  test('counts some types and reasons by the values of a dimension', async () => {
    const types = ['admit.ticket.rejected', 'admit.connection.closed'] as const;
    const reasons = ['ticket_expired', 'client_closed'];
    const query = { ...range, types, reasons, intervalSeconds: 86_400, dimension: 'attribute.plan' } as const;
    const counts = await filled.log.counts(query);
    expect(counts.map(({ time, value, count }) => [`${time} ${value}`, count]).length).toBeGreaterThan(3);
    expect(tally(counts.map(({ time, value, count }) => [`${time} ${value}`, count]))).toEqual(
      tally(
        within
          .filter(
            (event) =>
              types.some((type) => type === event.type) && reasons.includes(factsOf(event).reason ?? ''),
          )
          .flatMap((event) => {
            const { attributes, count } = factsOf(event);
            const day = `${event.time.slice(0, 10)}T00:00:00.000Z`;
            return attributes.plan === undefined ? [] : [[`${day} ${attributes.plan}`, count] as const];
          }),
      ),
    );
  });

  test('counts the 100 most frequent values of the range by themselves, all others together', async () => {
    const hours = ['2026-02-01T00:00:00.000Z', '2026-02-01T01:00:00.000Z', '2026-02-01T02:00:00.000Z'];
    const agents = Array.from({ length: 150 }, (_, index) => ({
      value: `agent-${1_000 + index}`,
      hour: hours[index % 2]!,
      count: index + 1,
    }));
    await sql.query(
      `INSERT INTO rollup (dimension, value, minute, type, reason, events, count)
       SELECT 'agent', agent->>'value', (agent->>'hour')::timestamptz, 'admit.ticket.rejected', 'rate_limited',
              1, (agent->>'count')::bigint
       FROM jsonb_array_elements($1::text::jsonb) AS agent`,
      [JSON.stringify(agents)],
    );
    const counted = async (to: string | undefined) =>
      (await filled.log.counts({ from: hours[0]!, to: to!, intervalSeconds: 3_600, dimension: 'agent' })).map(
        ({ time, value, count }) => `${time} ${value} ${count}`,
      );
    const lines = (hour: string | undefined, from: number) =>
      agents
        .filter((agent, index) => agent.hour === hour && index >= from)
        .map(({ value, count }) => `${hour} ${value} ${count}`);
    expect(await counted(hours[2])).toEqual([
      `${hours[0]} (other) 625`,
      ...lines(hours[0], 50),
      `${hours[1]} (other) 650`,
      ...lines(hours[1], 50),
    ]);
    expect(await counted(hours[1])).toEqual(lines(hours[0], 0));
  });

  test('gives the most frequent values of each dimension', async () => {
    const values = await filled.log.topValues({ ...range, limit: 2 });
    const kinds = new Set(values.map(({ dimension }) => dimension));
    expect(kinds).toEqual(new Set([...dimensions, 'attribute.plan']));
    for (const fact of ['route', 'agent', 'reason', 'edge'] as const) {
      const counts = tally(
        within.flatMap((event) => {
          const facts = factsOf(event);
          const value = facts[fact];
          return value === null ? [] : [[value, facts.count] as const];
        }),
      ).toSorted(([, one], [, other]) => other - one);
      const known = counts.reduce((sum, [, count]) => sum + count, 0);
      expect(values.filter(({ dimension }) => dimension === fact)).toEqual(
        counts.slice(0, 2).map(([value, count]) => ({ dimension: fact, value, count, known })),
      );
    }
  });

  test('follows the tickets of each minute', async () => {
    const cohorts = await filled.log.cohorts({ from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' });
    const sum = (step: 'issued' | 'presented' | 'consumed' | 'revoked' | 'unused') =>
      cohorts.reduce((total, cohort) => total + cohort[step], 0);
    const of = (type: string) =>
      filled.events.filter((event) => event.type === `admit.ticket.${type}`).length;
    expect([sum('issued'), sum('presented'), sum('consumed'), sum('revoked')]).toEqual([
      of('issued'),
      of('reserved'),
      of('consumed'),
      0,
    ]);
    expect(sum('unused')).toBe(of('issued') - of('consumed'));
    const [event] = filled.events.filter(({ type }) => type === 'admit.ticket.issued');
    const minute = `${event?.time.slice(0, 16)}:00.000Z`;
    const { route } = factsOf(event!);
    expect(cohorts).toContainEqual(
      expect.objectContaining({ time: minute, route, pathway: event?.data.pathway }),
    );
  });
});
