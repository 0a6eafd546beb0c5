import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf } from './stream-audit-events.ts';

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

async function all(chunks: readonly Uint8Array[]): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const some of linesOf(streamOf(chunks))) lines.push(...some);
  return lines;
}

test('lines are complete, wherever the chunks are cut', async () => {
  const line = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\n'));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(50)), async (lines, cuts) => {
      let rest = new TextEncoder().encode(lines.map((text) => `${text}\n\n`).join(''));
      const chunks: Uint8Array[] = [];
      for (const cut of cuts) {
        chunks.push(rest.slice(0, cut));
        rest = rest.slice(cut);
      }
      expect(await all([...chunks, rest])).toEqual(lines);
    }),
  );
});

test('a last line without a line break is dropped', async () => {
  expect(await all([new TextEncoder().encode('whole\nbrok')])).toEqual(['whole']);
});
