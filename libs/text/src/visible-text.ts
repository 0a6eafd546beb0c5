import { escapeInvisible } from './escape-invisible.ts';

/** Of each of the following. Most texts have none, and need one look instead of three; a word is looked at from its start only. */
const SUSPECT = /(?:^|[^\w-])[\w-]{20}|eyJ/;
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
  return escapeInvisible(SUSPECT.test(text) ? withoutSecrets(text) : text).slice(0, maxLength);
}

function withoutSecrets(text: string): string {
  return text
    .replace(TOKEN, '…')
    .replace(LONG_WORD, (word) => (SECRET.test(word) ? '…' : word))
    .replace(LONG_HEX, '…');
}
