/**
 * A value from the log with what cannot be seen made visible, such as marks that turn the direction of text around or have
 * no width: `⟨U+202E⟩`.
 */
export function visibleText(value: string): string {
  return value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, codePoint);
}

/** JSON for people, on several lines: what cannot be seen is escaped as JSON escapes it. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/[\p{Cf}\p{Zl}\p{Zp}\x7f-\x9f]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => escaped(character.charCodeAt(index))).join(''),
  );
}

const hex = (code: number) => code.toString(16).padStart(4, '0');

function codePoint(character: string): string {
  return `⟨U+${hex(character.codePointAt(0) ?? 0).toUpperCase()}⟩`;
}

function escaped(unit: number): string {
  return `\\u${hex(unit)}`;
}
