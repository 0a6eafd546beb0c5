/** A text as JSON writes what it escapes: `\u000a` for each UTF-16 unit, so for each half of a pair by itself. */
export function escapeUnits(text: string): string {
  return text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
