const NEEDS_NO_QUOTES = /^[\w@%+=:,./-]+$/;

/** A text as one word of a POSIX shell. */
export function shellQuoted(text: string): string {
  return NEEDS_NO_QUOTES.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
