import type { PublicCode } from '@admit-one/core';

/** What a client sends, letter by letter; `$token` is a user's, `$operator` an operator's. */
export interface BadRequest {
  readonly what: string;
  readonly line: string;
  /** Besides `Host`, and `Content-Length` where there is a body. */
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly status: number;
  readonly code: PublicCode;
  readonly detail: string | RegExp;
  /** Headers that the answer must have besides those of every answer. */
  readonly answered?: Readonly<Record<string, string>>;
}

type Expected = Pick<BadRequest, 'status' | 'code' | 'detail'>;

const TICKET = '/api/websocket/ticket';
const JSON_TYPE = 'Content-Type: application/json';
const USER = 'Authorization: Bearer $token';

const invalid = (detail: string | RegExp, status = 400): Expected => ({
  status,
  code: 'INVALID_REQUEST',
  detail,
});
const nothingAt = (where: string): Expected => ({
  status: 404,
  code: 'ROUTE_UNKNOWN',
  detail: `There is nothing at ${where}.`,
});
const NOT_JSON = 'The body is not JSON, or would change a prototype (__proto__, constructor).';
const ONLY_JSON = 'The body must be JSON, with application/json as its Content-Type.';

/** Bodies that the ticket endpoint must not take. */
const bodies: readonly (readonly [what: string, body: string, expected: Expected, type?: string | null])[] = [
  ['a body that breaks off', '{"route":', invalid(NOT_JSON)],
  ['a body with more behind it', '{"route":"chat"}}', invalid(NOT_JSON)],
  ['a body of single quotes', "{'route':'chat'}", invalid(NOT_JSON)],
  ['a body with a comment', '{"route":"chat" /* */}', invalid(NOT_JSON)],
  ['a body of NaN', '{"route":NaN}', invalid(NOT_JSON)],
  ['a body with a raw newline', '{"route":"ch\nat"}', invalid(NOT_JSON)],
  ['a body with NUL behind it', '{"route":"chat"}\0', invalid(NOT_JSON)],
  ['a body that nests too deep to end', '['.repeat(16_000), invalid(NOT_JSON)],
  [
    'a body that nests deep',
    `${'['.repeat(8_000)}${']'.repeat(8_000)}`,
    invalid('body must be object,null.'),
  ],
  [
    'a route that nests deep',
    `{"route":${'['.repeat(8_000)}${']'.repeat(8_000)}}`,
    invalid('body/route must be string.'),
  ],
  ['a list', '["chat"]', invalid('body must be object,null.')],
  ['a text', '"chat"', invalid('body must be object,null.')],
  ['a prototype', '{"__proto__":{"route":"chat"}}', invalid(NOT_JSON)],
  ['an escaped prototype', '{"__pr\\u006fto__":{"route":"chat"}}', invalid(NOT_JSON)],
  ['a prototype inside', '{"a":{"b":[{"__proto__":1}]}}', invalid(NOT_JSON)],
  ['the prototype of a constructor', '{"constructor":{"prototype":{"route":"chat"}}}', invalid(NOT_JSON)],
  [
    'two routes, the last of them bad',
    '{"route":"chat","route":"CHAT"}',
    invalid(/^body\/route must match pattern/),
  ],
  ['a reserved route', '{"route":"ticket"}', invalid(/^body\/route must match pattern/)],
  ['a route that is null', '{"route":null}', invalid(/^body\/route must /)],
  ['a route that is too long', `{"route":"${'a'.repeat(33)}"}`, invalid(/^body\/route must match pattern/)],
  ['a route that is a path', '{"route":"../admin"}', invalid(/^body\/route must match pattern/)],
  [
    'a body of 16 KiB and a byte',
    ' '.repeat(16_385),
    { status: 413, code: 'MESSAGE_TOO_BIG', detail: /larger/ },
  ],
  ['a body of another type', '<route>chat</route>', invalid(ONLY_JSON, 415), 'application/xml'],
  ['a form', 'route=chat', invalid(ONLY_JSON, 415), 'application/x-www-form-urlencoded'],
  ['a text of no type', 'chat', invalid(ONLY_JSON, 415), 'text/plain'],
  ['JSON as text', '{}', invalid(ONLY_JSON, 415), 'text/plain'],
  ['JSON of another kind', '{}', invalid(ONLY_JSON, 415), 'application/json-patch+json'],
  ['JSON of no type', '{}', invalid(ONLY_JSON, 415), null],
  ['JSON of a type that is none', '{}', invalid(ONLY_JSON, 415), ';;;'],
  ['JSON of a type of 8 KB', '{}', invalid(ONLY_JSON, 415), `a/${'b'.repeat(8_000)}`],
];

const ofBodies: readonly BadRequest[] = bodies.map(([what, body, expected, type = 'application/json']) => ({
  what,
  line: `POST ${TICKET} HTTP/1.1`,
  headers: [USER, ...(type === null ? [] : [`Content-Type: ${type}`])],
  body,
  ...expected,
}));

/** Heads of requests that are against HTTP, or against what is spoken here. */
const heads: readonly BadRequest[] = [
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
    what: 'a transfer coding that is not read',
    headers: [USER, JSON_TYPE, 'Transfer-Encoding: gzip, chunked'],
    ...invalid('The only transfer coding (Transfer-Encoding) that is read here is chunked.'),
  },
].map((row) => ({ line: `POST ${TICKET} HTTP/1.1`, ...row }));

/** Methods and paths that are not there. */
const targets: readonly BadRequest[] = [
  ...[
    ['GET', 'POST'],
    ['HEAD', 'POST'],
    ['PUT', 'POST'],
    ['PATCH', 'POST'],
    ['DELETE', 'POST'],
    ['OPTIONS', 'POST'],
    ['TRACE', 'POST'],
    ['PROPFIND', 'POST'],
  ].map(([method = '', allow = '']) => ({
    what: method,
    line: `${method} ${TICKET} HTTP/1.1`,
    ...invalid(`The method ${method} is not for ${TICKET}, but ${allow}.`, 405),
    answered: { allow },
  })),
  {
    what: 'HEAD where GET gives a ticket',
    line: 'HEAD /api/v1/ws-ticket HTTP/1.1',
    ...invalid('', 405),
    answered: { allow: 'GET' },
  },
  {
    what: 'POST to the trail',
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
    '/',
    '//api/websocket/ticket',
    '/api//websocket/ticket',
    `${TICKET}/`,
    `${TICKET};a=b`,
    '/API/WebSocket/Ticket',
    '/api%2Fwebsocket%2Fticket',
    '/api/../api/websocket/ticket',
    '/api/websocket/ticket%00',
    '/api/websocket/ticket.json',
    '/__proto__',
    '/constructor',
    '*',
    '/..%2f..%2f..%2fetc%2fpasswd',
    '/.env',
    '/<script>alert(1)</script>',
    '/$%7Bjndi:ldap://evil.example/a%7D',
  ].map((path) => ({
    what: path,
    line: `POST ${path} HTTP/1.1`,
    ...(path === '/'
      ? invalid('The method POST is not for /, but GET, HEAD.', 405)
      : nothingAt(`POST ${path}`)),
  })),
  {
    what: 'a path of 10 KB',
    line: `GET /${'a'.repeat(10_000)} HTTP/1.1`,
    ...nothingAt(`GET /${'a'.repeat(199)}`),
  },
  ...['/%', '/%zz', '/%ff', '/%c3%28', '/%u0041', `${TICKET}/%zz?token=secret`].map((path) => ({
    what: path,
    line: `GET ${path} HTTP/1.1`,
    ...invalid('The path is not validly percent-encoded.'),
  })),
];

/** Requests that get their own answer from Node's parser on, whatever their route. */
export const badRequests: readonly BadRequest[] = [...ofBodies, ...heads, ...targets];
