import { expect, test } from 'vitest';
import { encodeReplies, notServed, type ReplyText } from './batch.ts';

test('the replies of a message are never longer than they may be', () => {
  const replies: readonly ReplyText[] = [
    `"${'a'.repeat(30)}"`,
    undefined,
    notServed,
    `"${'\u20ac'.repeat(9)}"`,
    '1',
  ];
  for (let maxBytes = 100; maxBytes < 250; maxBytes += 1)
    expect(Buffer.byteLength(encodeReplies(replies, maxBytes))).toBeLessThanOrEqual(maxBytes);
});
