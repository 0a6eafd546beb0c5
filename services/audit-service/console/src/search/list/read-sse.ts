/** A message of server-sent events, as the HTML standard defines `text/event-stream`. */
export interface SseMessage {
  /** The last id so far; '' before the first. */
  readonly id: string;
  readonly event: string;
  /** '' where only the id moved on. */
  readonly data: string;
}

/**
 * Reads server-sent events off a response: `EventSource` cannot send a header. A message without data is told as well,
 * because its id says how far the stream has come.
 */
export async function* readSse(body: ReadableStream<Uint8Array>): AsyncGenerator<SseMessage> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let rest = '';
  let id = '';
  let event = '';
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = `${rest}${value}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines.map((text) => text.replace(/\r$/, ''))) {
        if (line === '') {
          if (id !== '' || data.length > 0) yield { id, event: event || 'message', data: data.join('\n') };
          event = '';
          data = [];
          continue;
        }
        const [, name, text = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
        if (name === 'id') id = text;
        else if (name === 'event') event = text;
        else if (name === 'data') data.push(text);
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
