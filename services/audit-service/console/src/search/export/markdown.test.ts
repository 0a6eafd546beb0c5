import type { StoredEvent } from '@admit-one/core';
import { expect, test } from 'vitest';
import { eventsMarkdown } from './markdown.ts';

test('a value from the log neither ends its cell nor is markup', () => {
  const event = {
    ...{ type: 'admit.handshake.rejected', time: '2026-01-31T12:00:00.000Z', subject: 's', source: 'edge' },
    data: { reason: 'origin_blocked', count: 3, context: { origin: 'a|b\n<img src=x> \u202E[x](y)' } },
  } as unknown as StoredEvent;
  const [, , , , row, end] = eventsMarkdown([event], 'Events').split('\n');
  expect(row).toBe(
    '| 2026-01-31T12:00:00.000Z | handshake rejected | origin\\_blocked | 3 |  | a\\|b⟨U+000A⟩\\<img src=x\\> ⟨U+202E⟩\\[x\\](y) |  |',
  );
  expect(end).toBe('');
});
