import { createParser } from 'eventsource-parser';

/** An event of a stream, or a comment, which shows that the stream is alive. */
export type ServerSent =
  | { readonly kind: 'event'; readonly event: string; readonly id: string | null; readonly data: string }
  | { readonly kind: 'comment'; readonly text: string };

/** Parses `text/event-stream`. @param onChunk called whenever something comes */
export function parseServerSentEvents(onChunk: () => void): TransformStream<Uint8Array, ServerSent> {
  const decoder = new TextDecoder();
  let feed: (text: string) => void;
  return new TransformStream({
    start(controller) {
      const parser = createParser({
        onEvent: ({ event = 'message', id = null, data }) =>
          controller.enqueue({ kind: 'event', event, id, data }),
        onComment: (text) => controller.enqueue({ kind: 'comment', text }),
      });
      feed = parser.feed;
    },
    transform(chunk) {
      onChunk();
      feed(decoder.decode(chunk, { stream: true }));
    },
  });
}
