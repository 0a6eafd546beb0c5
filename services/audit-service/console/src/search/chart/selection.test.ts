import { expect, test } from 'vitest';
import { afterKey, selectionOf, spanOfSelection } from './selection.ts';

const bars = [0, 10, 20, 30].map((from) => ({
  from,
  to: from + 10,
  counts: {},
  admissions: 0,
  rejections: 0,
}));
const at = (anchor: number, focus = anchor) => ({ anchor, focus });

test.each([
  ['the first arrow selects the newest bar', null, 'ArrowLeft', false, at(3)],
  ['an arrow moves', at(2), 'ArrowLeft', false, at(1)],
  ['an arrow ends what was extended', at(0, 2), 'ArrowRight', false, at(3)],
  ['Shift extends', at(2), 'ArrowLeft', true, at(2, 1)],
  ['Shift extends further', at(2, 1), 'ArrowLeft', true, at(2, 0)],
  ['not behind the first', at(0), 'ArrowLeft', false, at(0)],
  ['not behind the last', at(3), 'ArrowRight', true, at(3)],
  ['Home', at(2), 'Home', false, at(0)],
  ['Shift and End', at(1), 'End', true, at(1, 3)],
  ['a page', at(3), 'PageDown', false, at(0)],
  ['Escape clears', at(1), 'Escape', false, null],
  ['Escape with nothing to clear is for others', null, 'Escape', false, undefined],
  ['other keys mean nothing', at(1), 'Tab', false, undefined],
])('%s', (_name, selection, key, shiftKey, expected) => {
  expect(afterKey(selection, { key, shiftKey }, bars.length)).toEqual(expected);
});

test.each([
  [at(1, 2), { from: 10, to: 30 }],
  [at(2, 1), { from: 10, to: 30 }],
  [at(3), { from: 30, to: 40 }],
])('the span of %j', (selection, span) => {
  expect(spanOfSelection(bars, selection)).toEqual(span);
});

test.each([
  [{ from: 10, to: 30 }, at(1, 2)],
  [{ from: 12, to: 13 }, at(1)],
  [{ from: -50, to: 500 }, at(0, 3)],
  [{ from: 50, to: 60 }, null],
  [null, null],
])('the selection of the span %j', (span, selection) => {
  expect(selectionOf(bars, span)).toEqual(selection);
});
