import type { AuditFilter } from '@admit-one/core';
import { describe, expect, test } from 'vitest';
import { firstPart, type Guide, guideOf, type Minute } from './search-plan.ts';

describe('a filter is guided', () => {
  const nothing: Guide = { conditions: [], types: null, reasons: null, isWhole: true };
  const route = { dimension: 'route', values: ['chat'] };
  test.each<[string, AuditFilter, Partial<Guide>]>([
    ['by nothing where it has no condition', {}, {}],
    ['by a fact', { facts: { route: { include: ['chat'] } } }, { conditions: [route] }],
    [
      'by its values, once each',
      { facts: { route: { include: ['chat', 'chat'] } } },
      { conditions: [route] },
    ],
    [
      'by no value',
      { facts: { route: { include: [] } } },
      { conditions: [{ dimension: 'route', values: [] }] },
    ],
    [
      'by types and reasons, which other counts are told apart by',
      { facts: { type: { include: ['t'] }, reason: { include: ['r'] } } },
      {
        conditions: [
          { dimension: 'type', values: ['t'] },
          { dimension: 'reason', values: ['r'] },
        ],
        types: ['t'],
        reasons: ['r'],
      },
    ],
    [
      'by an attribute',
      { attributes: { plan: { include: ['pro'] } } },
      { conditions: [{ dimension: 'attribute.plan', values: ['pro'] }] },
    ],
    ['not by a negation', { facts: { route: { exclude: ['chat'] } } }, { isWhole: false }],
    [
      'not by the negation of an attribute',
      { attributes: { plan: { exclude: ['pro'] } } },
      { isWhole: false },
    ],
    [
      'by the rest of a condition with a negation',
      { facts: { route: { include: ['chat'], exclude: ['x'] } } },
      { conditions: [route], isWhole: false },
    ],
    ['not by a fact that is not counted', { facts: { source: { include: ['s'] } } }, { isWhole: false }],
    [
      'not by prefixes, which are counted for rejections alone',
      { facts: { address: { include: ['::/0'] } } },
      { isWhole: false },
    ],
    ['not by alternatives', { anyOf: [{ fact: 'route', value: 'chat' }] }, { isWhole: false }],
    [
      'by a value as it is stored',
      { facts: { agent: { include: ['a\0'] } } },
      { conditions: [{ dimension: 'agent', values: ['a\u2400'] }] },
    ],
  ])('%s', (_name, filter, expected) => {
    expect(guideOf(filter)).toEqual({ ...nothing, ...expected });
  });
});

describe('the first part of the minutes', () => {
  /** `[minute, events, matches]` */
  const minutesOf = (...minutes: readonly (readonly [number, number, number])[]): readonly Minute[] =>
    minutes.map(([minute, events, matches]) => ({ start: minute * 60_000, events, matches }));
  test.each<[string, readonly Minute[], readonly (readonly [from: number, to: number])[], number, number]>([
    ['is empty where there are none', [], [], 0, 0],
    [
      'joins neighbours',
      minutesOf([1, 5, 1], [2, 5, 1], [4, 5, 1]),
      [
        [1, 3],
        [4, 5],
      ],
      15,
      3,
    ],
    [
      'joins neighbours backwards',
      minutesOf([4, 5, 1], [2, 5, 1], [1, 5, 1]),
      [
        [4, 5],
        [1, 3],
      ],
      15,
      3,
    ],
    [
      'ends with the matches that are needed',
      minutesOf([1, 50, 6], [2, 50, 4], [3, 50, 4]),
      [[1, 3]],
      100,
      2,
    ],
    ['ends before the budget is exceeded', minutesOf([1, 60, 0], [2, 40, 0], [3, 1, 0]), [[1, 3]], 100, 2],
    ['takes a minute that exceeds the budget', minutesOf([1, 500, 0], [2, 1, 0]), [[1, 2]], 500, 1],
  ])('%s', (_name, minutes, ranges, events, taken) => {
    expect(firstPart(minutes, 10, 100)).toMatchObject({
      ranges: ranges.map(([from, to]) => ({ from: from * 60_000, to: to * 60_000 })),
      events,
      taken,
    });
  });
});
