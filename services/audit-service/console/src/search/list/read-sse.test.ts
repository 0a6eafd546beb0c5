import { expect, test } from 'vitest';
import { readSse, type SseMessage } from './read-sse.ts';

async function messagesOf(text: string, size: number): Promise<readonly SseMessage[]> {
  const bytes = new TextEncoder().encode(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.slice(index * size, (index + 1) * size),
  );
  const messages: SseMessage[] = [];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  for await (const message of readSse(body)) messages.push(message);
  return messages;
}

const text = [
  ': heartbeat\n\n',
  ': heartbeat 1.2.3\nid: 1.2.3\n\n',
  'id: 1.2.4\nevent: admit\ndata: {"a":"ü"}\n\n',
  'data: one\r\ndata: two\r\n\r\n',
  'event: admit\ndata: cut off',
].join('');

test.each([1, 7, 1_000])('messages are read off chunks of %i bytes', async (size) => {
  const expected = [
    { id: '1.2.3', event: 'message', data: '' },
    { id: '1.2.4', event: 'admit', data: '{"a":"ü"}' },
    { id: '1.2.4', event: 'message', data: 'one\ntwo' },
  ];
  expect(await messagesOf(text, size)).toEqual(expected);
});
