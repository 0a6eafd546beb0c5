import { expect } from 'vitest';
import type { Stack } from '../stack/stack.ts';

/** Expects that no log line is an error, and that each is one line, of JSON, and ours. */
export function expectSoundLogs(stack: Stack): void {
  const text = stack.logs();
  // What a terminal obeys, and what some programs take for the end of a line.
  expect(text.match(/[^\n\P{Cc}]|[\u2028\u2029]/u)).toBeNull();
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines)
    expect(line).toMatchObject({
      service: expect.any(String),
      message: expect.stringMatching(/^[a-z0-9_ ]+$/),
    });
  expect(lines.filter(({ severity }) => severity === 'ERROR' || severity === 'CRITICAL')).toEqual([]);
  expect(lines.filter(({ message }) => message === 'forged')).toEqual([]);
}
