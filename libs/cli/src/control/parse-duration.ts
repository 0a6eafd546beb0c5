import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Milliseconds of a duration such as `10m`. @throws {InvalidArgumentError} */
export function parseDuration(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (!(seconds > 0))
    throw new InvalidArgumentError('It must be a number with s, m, h or d behind it, like 10m.');
  return seconds * 1000;
}
