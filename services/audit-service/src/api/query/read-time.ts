import { type AuditFilter, isInstant, parseInstant } from '@admit-one/core';
import { invalidQuery, type QueryParameters, singleValue } from './parameters.ts';

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const RELATIVE = /^-(\d{1,9})([smhdw])$/;

/**
 * A time of RFC 3339 as it is, and one before now, such as `-2h`, as RFC 3339.
 * @param now Unix milliseconds
 * @throws {RejectionError} where it is neither
 */
export function readTime(name: string, text: string, now: number): string {
  if (parseInstant(text) !== null) return text;
  const ms = text === 'now' ? now : now - Number(relativeMs(text));
  if (isInstant(ms)) return new Date(ms).toISOString();
  throw invalidQuery(
    `${name} must be a date and time of RFC 3339, such as 2026-01-31T12:00:00Z (in a URL, + is %2B), or a time before now, such as -2h (s, m, h, d or w), or now.`,
  );
}

function relativeMs(text: string): number | undefined {
  const [, amount, unit] = RELATIVE.exec(text) ?? [];
  return unit === undefined ? undefined : Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** @throws {RejectionError} where the range ends before it begins */
export function readRange(parameters: QueryParameters, now: number): Pick<AuditFilter, 'from' | 'to'> {
  const [from, to] = (['from', 'to'] as const).map((name) => {
    const text = singleValue(parameters, name);
    return text === undefined ? undefined : readTime(name, text, now);
  });
  if (from !== undefined && to !== undefined && Number(parseInstant(from)) > Number(parseInstant(to)))
    throw invalidQuery(`from must not be after to (got ${from} and ${to}).`);
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}
