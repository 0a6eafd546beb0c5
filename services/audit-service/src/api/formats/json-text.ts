import { escapeInvisible } from '@admit-one/text';

/** JSON on one line, whatever reads the line: the value is the same, and every invisible character is escaped. */
export function jsonText(value: unknown): string {
  return escapeInvisible(JSON.stringify(value));
}
