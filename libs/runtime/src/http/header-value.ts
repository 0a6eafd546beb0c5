const UNSAFE_IN_VALUE = /[^\x21-\x24\x26-\x7e]/gu;
const UNSAFE_IN_NAME = /[^A-Za-z0-9_.-]/gu;

/**
 * Any text as the value of a header. What is not printable ASCII, spaces and `%` are percent-encoded as UTF-8, so that
 * `decodeURIComponent` gives the text back.
 */
export function headerValueOf(text: string): string {
  return percentEncoded(text, UNSAFE_IN_VALUE);
}

/** Any text as a part of a header's name, percent-encoded as values are, and besides what has no place in a name. */
export function headerNameOf(text: string): string {
  return percentEncoded(text, UNSAFE_IN_NAME);
}

function percentEncoded(text: string, unsafe: RegExp): string {
  return text.replace(unsafe, (character) =>
    [...Buffer.from(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}
