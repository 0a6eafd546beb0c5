/** Bytes that are no request; `$token` is a user's. */
export type BadBytes = readonly [what: string, bytes: string];

const POST = 'POST /api/websocket/ticket HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer $token\r\n';
const GET = 'GET /healthz HTTP/1.1\r\nHost: test\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';
const CHUNKED = `${POST}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n`;

/** More than a head may have: 64 KiB. */
export const tooLong: readonly BadBytes[] = [
  ['a target of 70 KB', `GET /${'a'.repeat(70_000)} HTTP/1.1\r\nHost: test\r\n\r\n`],
  ['a header of 1 MB', `${GET}Authorization: Bearer ${'a'.repeat(1_000_000)}\r\n\r\n`],
  ['a name of 70 KB', `${GET}${'a'.repeat(70_000)}: b\r\n\r\n`],
];

/** Against the grammar of HTTP/1.1: one of each kind that request smuggling is made of, and other protocols. */
export const malformed: readonly BadBytes[] = [
  ['a hello of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: test\r\n\r\n'],
  ['NUL in a header', `${GET}User-Agent: a\0b\r\n\r\n`],
  ['LF alone', GET.replaceAll('\r\n', '\n')],
  ['a folded header', `${GET}User-Agent: a\r\n b\r\n\r\n`],
  ['a space before the colon', `${GET}User-Agent : a\r\n\r\n`],

  [
    'a length beside chunks',
    `${POST}${JSON_TYPE}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'a header that hides chunks',
    `${POST}${JSON_TYPE}Content-Length: 2\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['two lengths', `${POST}Content-Length: 0\r\nContent-Length: 30\r\n\r\n`],
  ['a length in hex', `${POST}Content-Length: 0x2\r\n\r\n{}`],
  ['a chunk of too great a size', `${CHUNKED}fffffffffffffffff\r\n{}\r\n`],
  ['a chunk that is longer than it says', `${CHUNKED}1\r\n{}\r\n0\r\n\r\n`],
];
