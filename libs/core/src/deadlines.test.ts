import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createDeadlines, type Expiring } from './deadlines.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Named extends Expiring {
  readonly name: string;
}

function start(onExpired: (one: Named) => void = () => {}) {
  const expired: string[] = [];
  const deadlines = createDeadlines<Named>((one) => {
    expired.push(one.name);
    onExpired(one);
  });
  const add = (name: string, inMs: number) => {
    const one: Named = { name, endsAt: performance.now() + inMs, index: null };
    deadlines.add(one);
    return one;
  };
  return { deadlines, add, expired };
}

it('tells of each that was not deleted, once and by its time', () => {
  const { deadlines, add, expired } = start();
  const [late, first] = [add('late', 50), add('first', 10)];
  const [gone] = [add('gone', 10), add('second', 20)];
  deadlines.delete(gone as Named);
  deadlines.delete(gone as Named);
  vi.advanceTimersByTime(25);
  expect(expired).toEqual(['first', 'second']);
  deadlines.delete(first as Named);
  vi.advanceTimersByTime(50);
  expect(expired).toEqual(['first', 'second', 'late']);
  expect([late?.index, first?.index, vi.getTimerCount()]).toEqual([null, null, 0]);
});

it('spares those that the end of another deletes, and takes those that it adds', () => {
  const all: Named[] = [];
  const { deadlines, add, expired } = start(({ name }) => {
    if (name !== 'one') return;
    for (const other of all) deadlines.delete(other);
    add('new', 5);
  });
  all.push(add('one', 10), add('two', 10), add('three', 10));
  vi.advanceTimersByTime(40);
  expect(expired).toEqual(['one', 'new']);
});

it('has one place for each, however often it is added', () => {
  const { deadlines, add, expired } = start();
  const one = add('one', 10);
  deadlines.add(one);
  vi.advanceTimersByTime(20);
  expect(expired).toEqual(['one']);
});
