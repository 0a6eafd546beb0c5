import { eventSchema, type ReceivedEvent, type SequenceReport } from '@admit-one/core';
import { eventually } from '@admit-one/testkit';
import { Errors } from 'typebox/schema';
import { expect } from 'vitest';
import type { Stack } from './stack.ts';

/** Where the audit API is, and who may ask it. */
export type AuditApi = Pick<Stack, 'audit' | 'operatorToken'>;

/** What the audit API is asked for, in its own words. */
export type Query = Readonly<Record<string, string>>;

/** The answer of the audit API to an operator. */
export async function ask<T>(stack: AuditApi, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${await stack.operatorToken()}` };
  const response = await fetch(`${stack.audit}/api/v1/audit/${path}`, { headers });
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Every event that matches, page by page, oldest first. Each must be as the catalogue says. */
export async function events(stack: AuditApi, query: Query): Promise<readonly ReceivedEvent[]> {
  const found: ReceivedEvent[] = [];
  let cursor: string | undefined;
  do {
    const search = new URLSearchParams({ ...query, limit: '200', ...(cursor ? { cursor } : {}) });
    const page: { events: ReceivedEvent[]; next: string; end: boolean } = await ask(
      stack,
      `events?${search}`,
    );
    found.push(...page.events);
    cursor = page.end ? undefined : page.next;
  } while (cursor);
  for (const event of found) expect(Errors(eventSchema(event.type), event), event.type).toEqual([true, []]);
  return found;
}

/** A slow reserve is sent to another instance too. Where that copy comes after the admission, it is rejected: it does no harm. */
function isLateCopy({ data }: ReceivedEvent): boolean {
  return data.reason === 'ticket_duplicate';
}

/** Waits until the audit log tells exactly this story of the query, in this order, and gives its events. */
export async function expectStory(
  stack: AuditApi,
  query: Query,
  types: readonly string[],
): Promise<readonly ReceivedEvent[]> {
  const assertion = async () => {
    const story = (await events(stack, query)).filter((event) => !isLateCopy(event));
    expect(story.map(({ type }) => type)).toEqual(types);
    return story;
  };
  return eventually(assertion, { what: `the story of ${JSON.stringify(query)}` });
}

/** Waits until so many rejections are counted, folded or not, and gives them by reason. */
export async function expectRejections(
  stack: AuditApi,
  query: Query,
  count: number,
): Promise<Record<string, number>> {
  const assertion = async () => {
    const byReason: Record<string, number> = {};
    for (const { type, data } of await events(stack, query)) {
      if (!type.endsWith('.rejected')) continue;
      const reason = String(data.reason);
      byReason[reason] = (byReason[reason] ?? 0) + Number(data.count);
    }
    expect(Object.values(byReason).reduce((sum, n) => sum + n, 0)).toBe(count);
    return byReason;
  };
  return eventually(assertion, { what: `${count} rejections of ${JSON.stringify(query)}` });
}

/** What the audit log has of every sequence. */
export async function sequences(stack: AuditApi): Promise<readonly SequenceReport[]> {
  const { partitions } = await ask<{ partitions: SequenceReport[] }>(stack, 'sequences');
  return partitions;
}

/**
 * Waits until no sequence of any partition has a hole.
 * @param options.storeLostTails the store restarted empty: holes at the ends of its earlier epochs are announced losses
 */
export async function expectNothingMissing(
  stack: AuditApi,
  { storeLostTails = false }: { readonly storeLostTails?: boolean } = {},
): Promise<void> {
  const assertion = async () => {
    const partitions = await sequences(stack);
    const holes = partitions.filter(({ first, missingCount }) => first > 1 || missingCount > 0);
    const ofStoreTail = ({ partitionkey, state }: (typeof holes)[number]) =>
      /^p\d\d\./.test(partitionkey) && state === 'tail_unknown';
    expect(holes.filter((hole) => !storeLostTails || !ofStoreTail(hole))).toEqual([]);
  };
  await eventually(assertion, { what: 'sequences without holes' });
}

/** How many events are missing from the sequences of all partitions. */
export async function announcedLosses(stack: AuditApi): Promise<number> {
  return (await sequences(stack)).reduce((sum, { missingCount }) => sum + missingCount, 0);
}

/** Waits until no event has come for so long that none is on its way. `alive` events are none of these. */
export async function settled(stack: AuditApi): Promise<void> {
  let before = '';
  let since = performance.now();
  const assertion = async () => {
    const ofStore = (await sequences(stack)).filter(({ partitionkey }) => /^p\d\d\./.test(partitionkey));
    const now = JSON.stringify(ofStore);
    if (now !== before) since = performance.now();
    before = now;
    expect(performance.now() - since).toBeGreaterThan(SETTLED_MS);
  };
  await eventually(assertion, { what: 'an audit log at rest', everyMs: 250 });
}

/** Longer than the outbox, the bus and the audit-service take together, after an outage too. */
const SETTLED_MS = 4_000;
