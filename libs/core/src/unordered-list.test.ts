import { expect, it } from 'vitest';
import { type Listed, UnorderedList } from './unordered-list.ts';

it('has each member once, and those alone that were not deleted', () => {
  const list = new UnorderedList<Listed & { readonly name: string }>();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name, index: null as number | null }));
  if (!a || !b || !c) throw new Error('three were made');
  for (const member of [a, b, a, c]) list.add(member);
  expect(list.members).toEqual([a, b, c]);
  list.delete(a);
  list.delete(a);
  expect(list.members).toEqual([c, b]);
  list.add(a);
  for (const member of [b, c]) list.delete(member);
  expect([list.members, a.index, b.index, c.index]).toEqual([[a], 0, null, null]);
});
