import { escapeUnits } from './escape-units.ts';

/** Most texts have none, which is seen in a tenth of the time. */
const NOT_ASCII = /[^\x20-\x7e]/;

/** Characters that steer terminals, break lines or change the direction of text, and lone surrogates. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Escapes all characters that cannot be seen, as JSON does: the text stays on one line and cannot control a terminal.
 * JSON without white space between its values keeps its meaning.
 */
export function escapeInvisible(text: string): string {
  return NOT_ASCII.test(text) ? text.replace(INVISIBLE, escapeUnits) : text;
}
