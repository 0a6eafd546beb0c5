import { expect } from 'vitest';
import { LONG_MS, type RequestReplyTests, uniqueSubject } from './subject.ts';

const bodies: readonly unknown[] = [
  { text: 'ü 漢 🎟 "\\ \u0000', list: [], empty: {}, nested: { deep: [1, [2, { a: null }]] } },
  { number: 0.5, large: 1e21, negative: -1, truth: true, nothing: null },
  [],
  [1, 'two', null],
  'a string',
  '',
  0,
  false,
  null,
  { text: 'x'.repeat(200_000) },
];

export const answerTests: RequestReplyTests = {
  'carries JSON values there and back': async ({ open }) => {
    const { requests } = await open();
    const subject = uniqueSubject();
    const received: unknown[] = [];
    await requests.serve(subject, async (body) => {
      received.push(body);
      return body;
    });
    for (const body of bodies) expect(await requests.request(subject, body, LONG_MS)).toEqual(body);
    expect(received).toEqual(bodies);
  },

  'gives each request its own answer': async ({ open }) => {
    const { requests } = await open();
    const subject = uniqueSubject();
    await requests.serve(subject, async (body) => ({ answerTo: body }));
    const questions = Array.from({ length: 100 }, (_, n) => n);
    const answers = await Promise.all(questions.map((n) => requests.request(subject, n, LONG_MS)));
    expect(answers).toEqual(questions.map((answerTo) => ({ answerTo })));
  },

  'serves many requests at once': async ({ open }) => {
    const { requests } = await open();
    const subject = uniqueSubject();
    const waiting: (() => void)[] = [];
    await requests.serve(subject, async () => {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 3) for (const release of waiting) release();
      });
      return 'together';
    });
    const answers = [1, 2, 3].map((n) => requests.request(subject, n, LONG_MS));
    expect(await Promise.all(answers)).toEqual(['together', 'together', 'together']);
  },

  'lets one of several servers answer': async ({ open }) => {
    const { requests } = await open();
    const subject = uniqueSubject();
    const handled: unknown[] = [];
    for (const server of ['first', 'second'])
      await requests.serve(subject, async (body) => {
        handled.push(body);
        return { server, body };
      });
    const questions = Array.from({ length: 50 }, (_, n) => n);
    const answers = await Promise.all(questions.map((n) => requests.request(subject, n, LONG_MS)));
    expect(answers).toEqual(
      questions.map((body) => ({ server: expect.stringMatching(/first|second/), body })),
    );
    expect([...handled].sort((a, b) => Number(a) - Number(b))).toEqual(questions);
  },

  'keeps subjects apart': async ({ open }) => {
    const { requests } = await open();
    const [first, second] = [uniqueSubject(), uniqueSubject()];
    await requests.serve(first, async () => 'first');
    await requests.serve(second, async () => 'second');
    expect(await requests.request(first, null, LONG_MS)).toBe('first');
    expect(await requests.request(second, null, LONG_MS)).toBe('second');
  },

  'lets a handler ask in turn': async ({ open }) => {
    const { requests } = await open();
    const [outer, inner] = [uniqueSubject(), uniqueSubject()];
    await requests.serve(inner, async (body) => [body, 'inner']);
    await requests.serve(outer, async (body) => requests.request(inner, [body, 'outer'], LONG_MS));
    expect(await requests.request(outer, 'asker', LONG_MS)).toEqual([['asker', 'outer'], 'inner']);
  },

  'gives each side its own copy of a value': async ({ open }) => {
    const { requests } = await open();
    const subject = uniqueSubject();
    const kept = { answer: { count: 0 } };
    await requests.serve(subject, async (body) => {
      Object.assign(body as object, { spoilt: true });
      return kept;
    });
    const question = { text: 'question' };
    const asked = requests.request(subject, question, LONG_MS);
    const answer = await asked;
    expect(question).toEqual({ text: 'question' });
    Object.assign((answer as typeof kept).answer, { count: 1 });
    expect(kept).toEqual({ answer: { count: 0 } });
  },
};
