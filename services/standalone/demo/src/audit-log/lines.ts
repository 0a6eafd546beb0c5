/** Yields the complete, non-empty lines of each chunk of a UTF-8 stream. */
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<readonly string[]> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = `${rest}${decoder.decode(value, { stream: true })}`.split('\n');
    rest = parts.pop() ?? '';
    const lines = parts.filter((line) => line !== '');
    if (lines.length > 0) yield lines;
  }
}
