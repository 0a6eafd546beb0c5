import { expect } from 'vitest';
import { OFTEN } from '../waiting.ts';
import { type MessagesTests, message, uniquePrefix } from './subject.ts';

/** Subscriptions, each with what it takes of the subjects below; all stand behind a prefix. */
const taken: Readonly<Record<string, readonly string[]>> = {
  a: ['a'],
  'a.b': ['a.b'],
  '*': ['a', 'A', 'ab'],
  'a.*': ['a.b', 'a.c'],
  '*.b': ['a.b', 'b.b'],
  'a.*.c': ['a.b.c', 'a.x.c'],
  '*.*': ['a.b', 'a.c', 'b.b'],
  'a.>': ['a.b', 'a.c', 'a.b.c', 'a.x.c', 'a.b.c.d'],
  'a.*.>': ['a.b.c', 'a.x.c', 'a.b.c.d'],
  '>': ['a', 'A', 'ab', 'a.b', 'a.c', 'b.b', 'a.b.c', 'a.x.c', 'a.b.c.d', 'b.=x-_1.c'],
  'b.*.c': ['b.=x-_1.c'],
  'b.=x-_1.c': ['b.=x-_1.c'],
};

const published = ['a', 'A', 'ab', 'a.b', 'a.c', 'b.b', 'a.b.c', 'a.x.c', 'a.b.c.d', 'b.=x-_1.c'];

export const subjectTests: MessagesTests = {
  'takes subjects by name, * for one token and > for the rest': async ({ open }) => {
    const { messages } = await open();
    const prefix = uniquePrefix();
    const received: Record<string, string[]> = {};
    for (const pattern of Object.keys(taken)) {
      received[pattern] = [];
      messages.subscribe(`${prefix}.${pattern}`, ({ subject }) =>
        received[pattern]?.push(subject.slice(prefix.length + 1)),
      );
    }
    for (const subject of published) messages.publish(message(`${prefix}.${subject}`));
    await expect.poll(() => received, OFTEN).toEqual(taken);
  },

  'takes nothing at the prefix of a > itself': async ({ open }) => {
    const { messages } = await open();
    const prefix = uniquePrefix();
    const received: string[] = [];
    messages.subscribe(`${prefix}.>`, ({ subject }) => received.push(subject));
    messages.publish(message(prefix));
    messages.publish(message(`${prefix}.a`));
    await expect.poll(() => received, OFTEN).toEqual([`${prefix}.a`]);
  },

  'serves thousands of subscriptions': async ({ open }) => {
    const { messages } = await open();
    const prefix = uniquePrefix();
    const received: string[] = [];
    for (let n = 0; n < 5_000; n += 1)
      messages.subscribe(`${prefix}.${n}`, ({ subject }) => received.push(subject));
    const subjects = Array.from({ length: 5_000 }, (_, n) => `${prefix}.${n}`);
    for (const subject of subjects) messages.publish(message(subject));
    await expect.poll(() => received.length, OFTEN).toBe(subjects.length);
    expect(new Set(received)).toEqual(new Set(subjects));
  },
};
