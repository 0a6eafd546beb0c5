import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { coalesceWrites } from './coalesce-writes.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A stream, and what each of its system calls would send. */
function coalescing() {
  const sent: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      sent.push(`${chunk}`);
      done();
    },
    writev(chunks, done) {
      sent.push(chunks.map(({ chunk }) => `${chunk}`).join(''));
      done();
    },
  });
  coalesceWrites(stream);
  return { stream, sent };
}

it('sends what is written in one turn at once and in order, however many promises it took', async () => {
  const { stream, sent } = coalescing();
  stream.write('a');
  await Promise.resolve();
  process.nextTick(() => stream.write('c'));
  stream.write(Buffer.from('b'));
  expect(sent).toEqual([]);
  await turn();
  expect(sent).toEqual(['abc']);
});

it('sends at the end of each turn where few write', async () => {
  const { stream, sent } = coalescing();
  for (const text of ['a', 'b', 'c']) {
    stream.write(text);
    await turn();
  }
  expect(sent).toEqual(['a', 'b', 'c']);
});

it('while many write, keeps what is written within a millisecond of the last send', async () => {
  const { stream, sent } = coalescing();
  for (let ms = 0; ms < 10; ms += 1) {
    for (let n = 0; n < 3; n += 1) stream.write('-');
    await turn();
    vi.advanceTimersByTime(1);
  }
  sent.length = 0;
  stream.write('a');
  await turn();
  stream.write('b');
  await turn();
  stream.write('c');
  await turn();
  expect(sent).toEqual(['a']);
  vi.advanceTimersByTime(1);
  expect(sent).toEqual(['a', 'bc']);
  vi.advanceTimersByTime(20);
  for (const text of ['d', 'e']) {
    stream.write(text);
    await turn();
  }
  expect(sent).toEqual(['a', 'bc', 'd', 'e']);
});

it('tells each writer when its own was sent', async () => {
  const { stream } = coalescing();
  const told: string[] = [];
  stream.write('a', () => told.push('a'));
  stream.write('b', 'utf8', () => told.push('b'));
  expect(told).toEqual([]);
  await turn();
  await turn();
  expect(told).toEqual(['a', 'b']);
});

it('keeps nothing back at the end', async () => {
  const { stream, sent } = coalescing();
  stream.write('a');
  stream.end('b');
  await turn();
  expect(sent).toEqual(['ab']);
  expect(stream.writableFinished).toBe(true);
});

it('does no harm to a stream that was destroyed meanwhile', async () => {
  const { stream, sent } = coalescing();
  stream.write('a');
  stream.destroy();
  await turn();
  expect(sent).toEqual([]);
});
