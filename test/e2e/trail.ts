import type { CloudEvent } from '@admit-one/core';
import { expect } from 'vitest';
import type { Stack } from '../stack/stack.ts';

/** What the audit API is asked for, in its own words. */
export type Query = Readonly<Record<string, string>>;

async function ask<T>(stack: Stack, path: string): Promise<T> {
  const headers = { authorization: `Bearer ${await stack.operatorToken()}` };
  const response = await fetch(`${stack.audit}/api/v1/audit/${path}`, { headers });
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Every event that matches, page by page, oldest first. */
export async function events(stack: Stack, query: Query): Promise<readonly CloudEvent[]> {
  const found: CloudEvent[] = [];
  let cursor: string | null = null;
  do {
    const search = new URLSearchParams({ ...query, limit: '200', ...(cursor ? { cursor } : {}) });
    const page: { events: CloudEvent[]; next: string | null } = await ask(stack, `events?${search}`);
    found.push(...page.events);
    cursor = page.next;
  } while (cursor);
  return found;
}

/** Waits until the trail tells exactly this story of the query, in this order, and gives its events. */
export async function expectStory(
  stack: Stack,
  query: Query,
  types: readonly string[],
): Promise<readonly CloudEvent[]> {
  await expect.poll(async () => (await events(stack, query)).map(({ type }) => type)).toEqual(types);
  return events(stack, query);
}

/** Waits until so many rejections are counted, folded or not, and gives them by reason. */
export async function expectRejections(
  stack: Stack,
  query: Query,
  count: number,
): Promise<Record<string, number>> {
  const byReason = async () => {
    const counts: Record<string, number> = {};
    for (const { data } of await events(stack, query)) {
      const reason = String(data.reason);
      counts[reason] = (counts[reason] ?? 0) + Number(data.count);
    }
    return counts;
  };
  await expect.poll(async () => Object.values(await byReason()).reduce((sum, n) => sum + n, 0)).toBe(count);
  return byReason();
}

/** Waits until no sequence of any partition has a hole. */
export async function expectNothingMissing(stack: Stack): Promise<void> {
  await expect
    .poll(() => ask<{ partitions: unknown[] }>(stack, 'sequences?incomplete=true'))
    .toEqual({ partitions: [] });
  const { partitions } = await ask<{ partitions: { first: number }[] }>(stack, 'sequences');
  expect(partitions.map(({ first }) => first)).toEqual(partitions.map(() => 1));
}
