import { escapeUnits } from '@admit-one/core';

/** Long enough to be a ticket, a proof, or the signature of a token. */
const POSSIBLE_SECRET = /[\w-]{32,}/g;
/** What could steer a terminal, pass for the end of a line or turn the direction of text, and halves of characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A stranger's text as it may be kept: nothing in it is invisible, and nothing a secret. Six times as long at most. */
export function visibleText(text: string): string {
  return text.replace(POSSIBLE_SECRET, '…').replace(INVISIBLE, escapeUnits);
}
