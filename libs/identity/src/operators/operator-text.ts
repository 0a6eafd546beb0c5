const PRINTABLE = /^[^\p{Cc}\p{Cs}]{1,256}$/u;

/** Whether a value is a text of 1 to 256 characters, none of them a control character: what a trail can name somebody by. */
export function isPrintable(value: unknown): value is string {
  return typeof value === 'string' && PRINTABLE.test(value);
}
