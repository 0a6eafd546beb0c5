import { escapeInvisible } from './escape-invisible.ts';

/** How a JWT begins. */
const TOKEN_START = 'eyJ';
/** Any of the following is as long, except a token. */
const MIN_WORD = 20;
/** A JWT, or the beginning of one. */
const TOKEN = /eyJ[\w-]*(?:\.[\w-]*)+/g;
/** Long enough to be a ticket, a proof, a key or the signature of a token. */
const LONG_WORD = /[\w-]{32,}/g;
/** Most of a ticket. */
const LONG_HEX = /[\da-f]{20,}/gi;
/** Such a word is a secret unless it is a name: in lower case, without the hex digits of a ticket in a row. */
const SECRET = /[A-Z]|[\da-f]{32}/;

/**
 * A text from outside as events and logs may keep it: possible secrets become `…`, and invisible characters are escaped.
 * The cut to the length comes last, so that it can't leave a part of a secret.
 */
export function visibleText(text: string, maxLength = Number.POSITIVE_INFINITY): string {
  const isSuspect = text.includes(TOKEN_START) || hasLongWord(text);
  return escapeInvisible(isSuspect ? withoutSecrets(text) : text).slice(0, maxLength);
}

/** Whether there are 20 of `[\w-]` in a row: a look at each 20th character finds them, in an eighth of an expression's time. */
function hasLongWord(text: string): boolean {
  for (let at = MIN_WORD - 1; at < text.length; at += MIN_WORD) {
    let before = at;
    while (isOfWord(text.charCodeAt(before))) before -= 1;
    if (before === at) continue;
    let end = at + 1;
    while (isOfWord(text.charCodeAt(end))) end += 1;
    if (end - before > MIN_WORD) return true;
  }
  return false;
}

/** @param code of a character; NaN beyond the ends of a text */
function isOfWord(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    code === 0x2d ||
    code === 0x5f
  );
}

function withoutSecrets(text: string): string {
  return text
    .replace(TOKEN, '…')
    .replace(LONG_WORD, (word) => (SECRET.test(word) ? '…' : word))
    .replace(LONG_HEX, '…');
}
