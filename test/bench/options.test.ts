import { expect, test } from 'vitest';
import { contestants } from './contestants/contestant.ts';
import { HELP, parseOptions, UsageError } from './options.ts';
import { measures } from './report/figures.ts';

test('without arguments, everything is measured', () => {
  expect(parseOptions([])).toMatchObject({
    admissions: 10_000,
    slices: 10,
    warmUp: 6_000,
    events: 1_000_000,
    rounds: 3,
    only: Object.keys(contestants).filter((id) => !id.startsWith('before-')),
    measures: Object.keys(measures),
    logLevel: 'warn',
  });
});

test('lists come in the order of the tables, whatever order they were given in', () => {
  expect(parseOptions(['--only', 'd-echo, c', '--measures=flat,cost'])).toMatchObject({
    only: ['c', 'd-echo'],
    measures: ['cost', 'flat'],
  });
});

test('an earlier build takes part where its folder is given', () => {
  expect(parseOptions(['--against', '../before', '--only', 'd-bridge,before-bridge'])).toMatchObject({
    against: '../before',
    only: ['d-bridge', 'before-bridge'],
  });
  expect(parseOptions(['--only', 'd-bridge,before-bridge'])).toMatchObject({ only: ['d-bridge'] });
});

test.each([
  [['--only', 'e'], '--only: e is not one of a, b, c, d-echo'],
  [['--measures', 'toString'], '--measures: toString is not one of cost, '],
  [['--admissions', '0'], '--admissions: 0 is not a whole number from 1'],
  [['--events', '0'], '--events: 0 is not a whole number from 1'],
  [['--rounds', '1.5'], '--rounds: 1.5 is not a whole number from 1'],
  [['--traces', '2'], '--traces: 2 is not a number from 0 to 1'],
  [['--unknown'], "Unknown option '--unknown'"],
])('%j is rejected, and why', (args, why) => {
  expect(() => parseOptions(args)).toThrow(UsageError);
  expect(() => parseOptions(args)).toThrow(why);
});

test('help lists every option', () => {
  expect(parseOptions(['--json', 'x', '--help'])).toBeNull();
  expect([...HELP.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name)).toEqual([
    ...[
      'admissions',
      'slices',
      'warm-up',
      'rounds',
      'events',
      'only',
      'measures',
      'log-level',
      'traces',
      'json',
      'compare',
      'check',
      'update',
      'against',
      'profile',
      'help',
    ],
  ]);
});
