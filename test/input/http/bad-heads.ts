import { type BadRequest, type Expected, invalid, TICKET, USER } from './bad-request.ts';

const JSON_TYPE = 'Content-Type: application/json';

const nothingAt = (where: string): Expected => ({
  status: 404,
  code: 'ROUTE_UNKNOWN',
  detail: `There is nothing at ${where}.`,
});

/** Heads of requests that are against HTTP, or against what is spoken here. */
export const badHeads: readonly BadRequest[] = [
  {
    what: 'a compressed body',
    headers: [USER, JSON_TYPE, 'Content-Encoding: gzip'],
    body: '\x1f\x8b\x08',
    ...invalid('The body must not be compressed (Content-Encoding).', 415),
  },
  {
    what: 'an expectation',
    headers: [USER, 'Expect: cake'],
    ...invalid('The only expectation (Expect) that is met here is 100-continue.', 417),
  },
  {
    what: 'a second Host',
    headers: [USER, 'Host: evil.example'],
    ...invalid('The request has more than one Host header.'),
  },
  {
    what: 'a second Content-Type',
    headers: [USER, JSON_TYPE, 'content-type: text/plain'],
    body: '{}',
    ...invalid('The request has more than one content-type header.'),
  },
  {
    what: 'a flood of headers',
    headers: [USER, ...Array.from({ length: 2_500 }, (_, n) => `X${n}:`)],
    ...invalid('The request has more than 200 headers.', 431),
  },
  {
    what: 'a header of 17 KB',
    headers: [USER, `Cookie: ${'a'.repeat(17_000)}`],
    ...invalid('The request line and the headers without tokens are larger than 16 KiB.', 431),
  },
  {
    what: 'a transfer coding that is not read',
    headers: [USER, JSON_TYPE, 'Transfer-Encoding: gzip, chunked'],
    ...invalid('The only transfer coding (Transfer-Encoding) that is read here is chunked.'),
  },
].map((row) => ({ line: `POST ${TICKET} HTTP/1.1`, ...row }));

/** Methods and paths that are not there. */
export const badTargets: readonly BadRequest[] = [
  ...['GET', 'DELETE', 'OPTIONS', 'PROPFIND'].map((method) => ({
    what: method,
    line: `${method} ${TICKET} HTTP/1.1`,
    ...invalid(`The method ${method} is not for ${TICKET}, but POST.`, 405),
    answered: { allow: 'POST' },
  })),
  {
    what: 'HEAD where GET gives a ticket',
    line: 'HEAD /api/v1/ws-ticket HTTP/1.1',
    ...invalid('', 405),
    answered: { allow: 'GET' },
  },
  {
    what: 'POST to the audit log',
    line: 'POST /api/v1/audit/events HTTP/1.1',
    ...invalid('The method POST is not for /api/v1/audit/events, but GET, HEAD.', 405),
    answered: { allow: 'GET, HEAD' },
  },
  {
    what: 'POST to the health',
    line: 'POST /healthz HTTP/1.1',
    ...invalid('The method POST is not for /healthz, but GET, HEAD.', 405),
  },
  {
    what: 'a plain request on the path of WebSockets',
    line: 'GET /ws HTTP/1.1',
    status: 426,
    code: 'BAD_UPGRADE',
    detail: /WebSocket/,
  },
  ...[
    '//api/websocket/ticket',
    `${TICKET}//`,
    `${TICKET};a=b`,
    '/api/../api/websocket/ticket',
    '/__proto__',
    '*',
  ].map((path) => ({ what: path, line: `POST ${path} HTTP/1.1`, ...nothingAt(`POST ${path}`) })),
  {
    what: 'a path of 10 KB',
    line: `GET /${'a'.repeat(10_000)} HTTP/1.1`,
    ...nothingAt(`GET /${'a'.repeat(199)}`),
  },
  ...['/%', '/%c3%28', `${TICKET}/%zz?token=secret`].map((path) => ({
    what: path,
    line: `GET ${path} HTTP/1.1`,
    ...invalid('The path is not validly percent-encoded.'),
  })),
];
