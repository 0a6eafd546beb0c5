import { escapeUnits } from '@admit-one/text';

/** Characters that JSON allows as they are, and that break lines, steer terminals or change the direction of text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON on one line, whatever reads the line: the value is the same, and every invisible character is escaped. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(INVISIBLE, escapeUnits);
}
