import { distance } from 'fastest-levenshtein';

/** How many characters a value that was meant may differ by. */
const MAX_DIFFERENCES = 2;
/** The shortest text that can be the end of a value. */
const MIN_END = 4;

/** The values that a text may mean: spelled in another way, without their beginning, or with a typing error. */
export function nearValues(text: string, values: readonly string[]): readonly string[] {
  const plain = plainOf(text);
  const same = values.filter((value) => plainOf(value) === plain);
  if (same.length > 0) return same;
  const ends = values.filter((value) => plain.length >= MIN_END && plainOf(value).endsWith(plain));
  if (ends.length > 0) return ends;
  return values.filter((value) => distance(plain, plainOf(value)) <= MAX_DIFFERENCES);
}

function plainOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}
