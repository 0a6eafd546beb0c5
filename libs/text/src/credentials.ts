/** A JWT, or the beginning of one; and a ticket, also in upper case or as a part of longer hex. */
const CREDENTIAL = /eyJ[\w-]{10,}(?:\.[\w-]*)+|[\dA-Fa-f]{32,}/g;

/** Whether there may be a ticket or a token in a text. Other 32 hex digits can't be told from a ticket. */
export function hasCredential(text: string): boolean {
  return text.search(CREDENTIAL) >= 0;
}

/**
 * A text with `…` for each possible ticket or token. Ids stay as they are, which `visibleText` would take for secrets: for
 * texts that name what was searched for.
 */
export function withoutCredentials(text: string): string {
  return text.replace(CREDENTIAL, '…');
}
