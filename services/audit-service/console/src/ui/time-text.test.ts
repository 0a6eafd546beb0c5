import { expect, test } from 'vitest';
import { spanText, timeText, zoneName } from './time-text.ts';
import { visibleJson, visibleText } from './visible-text.ts';

const at = '2026-01-31T12:04:05.678Z';

test.each([
  ['date-time', '2026-01-31 12:04:05'],
  ['time', '12:04:05.678'],
  ['minute', '12:04'],
  ['day-minute', '01-31 12:04'],
] as const)('%s in UTC', (style, text) => {
  expect(timeText(at, 'utc', style)).toBe(text);
});

test('what is no time is shown as it is', () => {
  expect(timeText('soon', 'utc', 'time')).toBe('soon');
});

test('the end of a span has its day where it is another', () => {
  const from = Date.parse(at);
  expect(spanText({ from, to: from + 60_000 }, 'utc')).toBe('2026-01-31 12:04 – 12:05');
  expect(spanText({ from, to: from + 86_400_000 }, 'utc')).toBe('2026-01-31 12:04 – 2026-02-01 12:04');
});

test('the zone is named', () => {
  expect(zoneName('utc')).toBe('UTC');
  expect(zoneName('local')).toMatch(/ \(UTC[+−]\d/);
});

test('what cannot be seen is made visible', () => {
  expect(visibleText('a\u202Eb\u0000\u{E0001}')).toBe('a⟨U+202E⟩b⟨U+0000⟩⟨U+E0001⟩');
  const value = { a: 'x\u202E\u{E0001}' };
  expect(visibleJson(value)).toBe('{\n  "a": "x\\u202e\\udb40\\udc01"\n}');
  expect(JSON.parse(visibleJson(value))).toEqual(value);
});
