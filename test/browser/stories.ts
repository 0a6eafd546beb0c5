import type { ReceivedEvent } from '@admit-one/core';
import { eventually } from '@admit-one/testkit';
import { expect } from 'vitest';
import { events } from '../stack/audit-log.ts';
import type { Stack } from '../stack/stack.ts';

/** What the audit log tells of each ticket of a session, oldest first: `issued reserved consumed closed(1001)`. */
export async function storiesOf(stack: Stack, session: string): Promise<readonly string[]> {
  const stories = new Map<unknown, string[]>();
  for (const event of await events(stack, { session })) {
    const ticket = event.data.ticketId ?? event.subject;
    stories.set(ticket, [...(stories.get(ticket) ?? []), word(event)]);
  }
  return [...stories.values()].map((words) => words.join(' '));
}

/** Waits until the audit log tells exactly these stories of a session. */
export async function expectStories(
  stack: Stack,
  session: string,
  expected: readonly string[],
): Promise<void> {
  await eventually(async () => expect(await storiesOf(stack, session)).toEqual(expected), {
    what: `the stories of ${session}`,
  });
}

function word({ type, data }: ReceivedEvent): string {
  const verb = type.split('.').at(-1) ?? '';
  const detail = data.reason ?? data.code;
  return detail === undefined || detail === null ? verb : `${verb}(${detail})`;
}
