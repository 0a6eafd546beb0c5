import { escapeUnits } from '@admit-one/core';

const MAX_LENGTH = 160;
const MAX_LISTED = 12;
/** What could pass for the end of a line, or change how a line is read. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A value out of a token, as it may be shown: as JSON without anything invisible, and cut. */
export function shown(value: unknown): string {
  const text = (JSON.stringify(value) ?? String(value)).replace(INVISIBLE, escapeUnits);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}… (${text.length} characters)` : text;
}

/** Several values, with commas between them; the first dozen of them. */
export function shownList(values: readonly unknown[]): string {
  const more = values.length > MAX_LISTED ? ` and ${values.length - MAX_LISTED} more` : '';
  return values.slice(0, MAX_LISTED).map(shown).join(', ') + more;
}
