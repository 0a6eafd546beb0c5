/**
 * Checks a subject that is subscribed to; the server drops the connection of a client that sends another.
 * @throws {TypeError} where it has empty tokens or white space, or `>` before its end
 */
export function assertPattern(pattern: string): void {
  if (/^$|^\.|\.$|\.\.|\s/.test(pattern)) throw new TypeError('a subject has empty tokens or white space');
  if (/(^|\.)>\./.test(pattern)) throw new TypeError('> in a subject is its last token');
}

/**
 * Checks a subject that is published to.
 * @throws {TypeError} where it has empty tokens, white space or wildcards
 */
export function assertSubject(subject: string): void {
  assertPattern(subject);
  if (/(^|\.)[*>](\.|$)/.test(subject))
    throw new TypeError('nothing is published to a subject with wildcards');
}
