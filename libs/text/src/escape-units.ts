/** Escapes each UTF-16 unit as JSON does: `\u000a`. A character outside the BMP becomes two escapes. */
export function escapeUnits(text: string): string {
  return text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
