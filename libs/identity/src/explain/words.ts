import { escapeInvisible } from '@admit-one/text';

const MAX_LENGTH = 160;
const MAX_LISTED = 12;

/** A value of a token as JSON, with invisible characters escaped, cut to 160 characters. */
export function shown(value: unknown): string {
  const text = escapeInvisible(JSON.stringify(value) ?? String(value));
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}… (${text.length} characters)` : text;
}

/** The first twelve values, separated by commas. */
export function shownList(values: readonly unknown[]): string {
  const more = values.length > MAX_LISTED ? ` and ${values.length - MAX_LISTED} more` : '';
  return values.slice(0, MAX_LISTED).map(shown).join(', ') + more;
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** A time span in words, in the largest unit that gives at least 2. */
export function inWords(seconds: number): string {
  const [unit, length] = UNITS.find(([, size]) => seconds >= 2 * size) ?? (['second', 1] as const);
  const count = Math.round(seconds / length);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** A time relative to now, in words. */
export function fromNow(time: number, nowSeconds: number): string {
  const seconds = time - nowSeconds;
  return seconds > 0 ? `in ${inWords(seconds)}` : `${inWords(-seconds)} ago`;
}
