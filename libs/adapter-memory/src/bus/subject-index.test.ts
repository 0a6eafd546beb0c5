import { describe, expect, it } from 'vitest';
import { assertSubject, createSubjectIndex } from './subject-index.ts';

describe('a subject index', () => {
  it('finds a value as often as it was added, and not after it was taken out', () => {
    const index = createSubjectIndex<string>();
    const removals = ['a.b', 'a.b', 'a.*', '>'].map((pattern) => index.add(pattern, pattern));
    expect([...index.match('a.b')].sort()).toEqual(['>', 'a.*', 'a.b', 'a.b']);
    for (const [n, remove] of removals.entries()) {
      remove();
      remove();
      expect(index.match('a.b')).toHaveLength(removals.length - 1 - n);
    }
  });

  it('keeps what was added again after the last was taken out', () => {
    const index = createSubjectIndex<number>();
    const remove = index.add('a', 1);
    remove();
    index.add('a', 2);
    remove();
    expect(index.match('a')).toEqual([2]);
  });

  it('looks names up instead of searching for them', { timeout: 5_000 }, () => {
    const index = createSubjectIndex<number>();
    const count = 100_000;
    for (let n = 0; n < count; n += 1) index.add(`admit.ws.out.connection.edge.${n}`, n);
    let found = 0;
    for (let n = 0; n < count; n += 1)
      if (index.match(`admit.ws.out.connection.edge.${n}`)[0] === n) found += 1;
    expect(found).toBe(count);
  });

  it.each(['', '.', 'a.', '.a', 'a..b', 'a b', 'a\nb', 'a.>.b', '>.a'])(
    'takes no subscription to %j',
    (pattern) => {
      expect(() => createSubjectIndex().add(pattern, 1)).toThrow(TypeError);
    },
  );

  it.each(['', 'a..b', 'a b', 'a.*', 'a.>', '*'])('takes no message to %j', (subject) => {
    expect(() => assertSubject(subject)).toThrow(TypeError);
  });

  it('takes tokens that only contain a wildcard’s character for names', () => {
    const index = createSubjectIndex<string>();
    index.add('a*.b>', 'name');
    expect(index.match('a*.b>')).toEqual(['name']);
    expect(index.match('ax.bx')).toEqual([]);
  });
});
