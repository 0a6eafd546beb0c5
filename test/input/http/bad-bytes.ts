/** Bytes that are no request; `$token` is a user's. */
export type BadBytes = readonly [what: string, bytes: string];

const POST = 'POST /api/websocket/ticket HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer $token\r\n';
const GET = 'GET /healthz HTTP/1.1\r\nHost: test\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';
const CHUNKED = `${POST}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n`;

/** More than a head may have: 16 KiB. */
export const tooLong: readonly BadBytes[] = [
  ['a target of 20 KB', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: test\r\n\r\n`],
  ['a header of 1 MB', `${GET}Authorization: Bearer ${'a'.repeat(1_000_000)}\r\n\r\n`],
  ['a name of 20 KB', `${GET}${'a'.repeat(20_000)}: b\r\n\r\n`],
];

/** Against the grammar of HTTP/1.1. */
export const malformed: readonly BadBytes[] = [
  ['a hello of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a method of coffee pots', 'BREW /healthz HTTP/1.1\r\nHost: test\r\n\r\n'],
  ['a method in lower case', 'get /healthz HTTP/1.1\r\nHost: test\r\n\r\n'],
  ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: test\r\n\r\n'],
  ['HTTP/1.2', 'GET /healthz HTTP/1.2\r\nHost: test\r\n\r\n'],
  ['HTTP/9.9', 'GET /healthz HTTP/9.9\r\nHost: test\r\n\r\n'],
  ['another protocol', 'GET /healthz SIP/2.0\r\nHost: test\r\n\r\n'],
  ['no target', 'GET  HTTP/1.1\r\nHost: test\r\n\r\n'],
  ['NUL in the target', 'GET /health\0z HTTP/1.1\r\nHost: test\r\n\r\n'],
  ['an escape sequence in the target', 'GET /\x1b[31m HTTP/1.1\r\nHost: test\r\n\r\n'],
  ['a letter of Latin-1 in the target', 'GET /\xe9 HTTP/1.1\r\nHost: test\r\n\r\n'],
  ['NUL in a header', `${GET}User-Agent: a\0b\r\n\r\n`],
  ['an escape sequence in a header', `${GET}User-Agent: \x1b]0;title\x07\r\n\r\n`],
  ['DEL in a header', `${GET}User-Agent: a\x7fb\r\n\r\n`],
  ['CR alone in a header', `${GET}User-Agent: a\rSet-Cookie: b\r\n\r\n`],
  ['LF alone', GET.replaceAll('\r\n', '\n')],
  ['a folded header', `${GET}User-Agent: a\r\n b\r\n\r\n`],
  ['a space before the colon', `${GET}User-Agent : a\r\n\r\n`],
  ['a header without a colon', `${GET}User-Agent\r\n\r\n`],
  ['a header without a name', `${GET}: a\r\n\r\n`],

  [
    'a length beside chunks',
    `${POST}${JSON_TYPE}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'chunks beside a length',
    `${POST}${JSON_TYPE}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n`,
  ],
  [
    'a header that hides chunks',
    `${POST}${JSON_TYPE}Content-Length: 2\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['two lengths', `${POST}Content-Length: 0\r\nContent-Length: 30\r\n\r\n`],
  ['two lengths in one', `${POST}Content-Length: 0, 30\r\n\r\n`],
  ['a negative length', `${POST}Content-Length: -1\r\n\r\n`],
  ['a length with a sign', `${POST}Content-Length: +2\r\n\r\n{}`],
  ['a length in hex', `${POST}Content-Length: 0x2\r\n\r\n{}`],
  ['a length of 2^64', `${POST}Content-Length: 18446744073709551616\r\n\r\n`],
  ['a coding that ends no body', `${POST}Transfer-Encoding: identity\r\n\r\n`],
  ['chunked before gzip', `${POST}Transfer-Encoding: chunked, gzip\r\n\r\n`],
  ['a chunk of no size', `${CHUNKED}zz\r\n{}\r\n`],
  ['a chunk of too great a size', `${CHUNKED}fffffffffffffffff\r\n{}\r\n`],
  ['a chunk of a negative size', `${CHUNKED}-2\r\n{}\r\n`],
  ['a chunk that is longer than it says', `${CHUNKED}1\r\n{}\r\n0\r\n\r\n`],
  ['a chunk that ends in LF', `${CHUNKED}2\n{}\n0\n\n`],
];
