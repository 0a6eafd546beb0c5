import type { CommonValue, Explanation } from '@admit-one/audit-service/api-types';
import { expect, test } from 'vitest';
import { reasonOfRunbook, totalWords, wordsOfValue } from './explain-words.ts';

const common: CommonValue = {
  ...{ dimension: 'origin', value: 'https://new.example', count: 98, known: 100 },
  ...{ share: 0.98, baselineShare: 0.01, lift: 98 },
};
const explanation: Explanation = { total: 100, baselineTotal: 900, findings: [common], runbook: null };

test.each([
  [{}, {}, ['98 %', 'the origin', 'In the hour before, 1 % of all events had it: now 98 times as common.']],
  [{ known: 40 }, {}, ['98 % of the 40 of them that tell it']],
  [
    { share: 1, baselineShare: 0.5, lift: 2 },
    {},
    ['All', 'the origin', expect.stringContaining('now twice as common')],
  ],
  [{ share: 0.996 }, {}, ['99 %']],
  [
    { baselineShare: 0.004, lift: 5.44 },
    {},
    ['98 %', 'the origin', expect.stringMatching(/less than 1 %.*5.4 times/)],
  ],
  [{ baselineShare: 0 }, {}, ['98 %', 'the origin', 'In the hour before, no event had it.']],
  [{}, { baselineTotal: 0 }, ['98 %', 'the origin', '']],
  [{ dimension: 'attribute.plan' }, {}, ['98 %', 'attribute.plan']],
])(
  'a common %j of %j in words',
  (change, of, [share, noun = expect.anything(), against = expect.anything()]) => {
    const words = wordsOfValue({ ...common, ...change } as CommonValue, { ...explanation, ...of });
    expect(words).toMatchObject({ share, noun, against });
  },
);

test.each([
  [{}, { name: 'origin', value: 'https://new.example', negated: false }],
  [
    { dimension: 'prefix', value: '203.0.113.0/24' },
    { name: 'address', value: '203.0.113.0/24', negated: false },
  ],
  [{ value: '(other)' }, null],
  [{ dimension: 'of a later version' }, null],
])('a common %j narrows a search', (change, criterion) => {
  expect(wordsOfValue({ ...common, ...change } as CommonValue, explanation).criterion).toEqual(criterion);
});

test.each([
  [{ total: 0 }, 'Nothing was rejected in this range.'],
  [{ total: 1 }, '1 rejection in this range.'],
  [{ total: 1_200 }, '1,200 rejections in this range.'],
  [{ baselineTotal: 0 }, expect.stringContaining('no events to compare with')],
])('a total %j in words', (change, words) => {
  expect(totalWords({ ...explanation, ...change })).toEqual(words);
});

test('a runbook names its reason', () => {
  expect(['rate_limited: Too many. See docs/reasons.md#rate_limited.', null].map(reasonOfRunbook)).toEqual([
    'rate_limited',
    null,
  ]);
});
