import { type BadRequest, type Expected, invalid, TICKET, USER } from './bad-request.ts';

const NOT_JSON = 'The body is not JSON, or would change a prototype (__proto__, constructor).';
const ONLY_JSON = 'The body must be JSON, with application/json as its Content-Type.';

const bodies: readonly (readonly [what: string, body: string, expected: Expected, type?: string | null])[] = [
  ['a body that breaks off', '{"route":', invalid(NOT_JSON)],
  ['a body with NUL behind it', '{"route":"chat"}\0', invalid(NOT_JSON)],
  [
    'a body that nests deep',
    `${'['.repeat(8_000)}${']'.repeat(8_000)}`,
    invalid('body must be object,null.'),
  ],
  ['a list', '["chat"]', invalid('body must be object,null.')],
  ['a prototype', '{"__proto__":{"route":"chat"}}', invalid(NOT_JSON)],
  ['the prototype of a constructor', '{"constructor":{"prototype":{"route":"chat"}}}', invalid(NOT_JSON)],
  [
    'two routes, the last of them bad',
    '{"route":"chat","route":"CHAT"}',
    invalid(/^body\/route must match pattern/),
  ],
  ['a reserved route', '{"route":"ticket"}', invalid(/^body\/route must match pattern/)],
  [
    'a body of 16 KiB and a byte',
    ' '.repeat(16_385),
    { status: 413, code: 'MESSAGE_TOO_BIG', detail: /larger/ },
  ],
  ['a body of another type', '<route>chat</route>', invalid(ONLY_JSON, 415), 'application/xml'],
  ['JSON of no type', '{}', invalid(ONLY_JSON, 415), null],
  ['JSON of a malformed type', '{}', invalid(ONLY_JSON, 415), ';;;'],
];

/** Requests with bodies that the ticket endpoint must not take. */
export const badBodies: readonly BadRequest[] = bodies.map(
  ([what, body, expected, type = 'application/json']) => ({
    what,
    line: `POST ${TICKET} HTTP/1.1`,
    headers: [USER, ...(type === null ? [] : [`Content-Type: ${type}`])],
    body,
    ...expected,
  }),
);
