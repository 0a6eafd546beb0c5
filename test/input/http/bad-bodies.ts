import { type BadRequest, type Expected, invalid, TICKET, USER } from './bad-request.ts';

const NOT_JSON = 'The body is not JSON.';
const CHANGES_PROTOTYPE =
  'The body has a member __proto__, or a constructor with a prototype, which is not taken.';
const TWICE = 'The body has the member "route" twice.';
const ONLY_JSON = 'The body must be JSON, with application/json as its Content-Type.';

const bodies: readonly (readonly [what: string, body: string, expected: Expected, type?: string | null])[] = [
  ['a body that breaks off', '{"route":', invalid(NOT_JSON)],
  ['a body with NUL behind it', '{"route":"chat"}\0', invalid(NOT_JSON)],
  [
    'a body that nests deep',
    `${'['.repeat(8_000)}${']'.repeat(8_000)}`,
    invalid('body must be either object or null.'),
  ],
  ['a list', '["chat"]', invalid('body must be either object or null.')],
  ['a prototype', '{"__proto__":{"route":"chat"}}', invalid(CHANGES_PROTOTYPE)],
  [
    'the prototype of a constructor',
    '{"constructor":{"prototype":{"route":"chat"}}}',
    invalid(CHANGES_PROTOTYPE),
  ],
  ['an opening brace', '{', invalid(NOT_JSON)],
  ['two routes', '{"route":"chat","route":"echo"}', invalid(TWICE)],
  ['two equal routes, one of them escaped', '{"route":"chat","\\u0072oute":"chat"}', invalid(TWICE)],
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
