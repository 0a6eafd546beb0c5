import { expect, it } from 'vitest';
import { escapeUnits } from './escape-units.ts';

it.each(['\n', '\u2028', '😀', '\ud800'])('escapes %j so that JSON reads it back', (text) => {
  const escaped = escapeUnits(text);
  expect(escaped).toMatch(/^(\\u[0-9a-f]{4})+$/);
  expect(JSON.parse(`"${escaped}"`)).toBe(text);
});
