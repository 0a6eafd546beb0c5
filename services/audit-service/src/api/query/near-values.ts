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
  return values.filter((value) => differences(plain, plainOf(value)) <= MAX_DIFFERENCES);
}

function plainOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** How many characters to insert, remove or replace (Levenshtein); more than any bound where the lengths differ much. */
function differences(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MAX_DIFFERENCES) return Number.POSITIVE_INFINITY;
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [row, character] of [...a].entries()) {
    const line = [row + 1];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (above[column - 1] ?? 0) + (character === b[column - 1] ? 0 : 1);
      line.push(Math.min(replaced, (above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1));
    }
    above = line;
  }
  return above[b.length] ?? 0;
}
