import fc from 'fast-check';

/** Where something is, and where something almost is. */
const paths = [
  ...[
    '/',
    '/healthz',
    '/readyz',
    '/openapi.json',
    '/ws',
    '/ws/echo',
    '/.well-known/jwks.json',
    '/api/v1/auth/token',
  ],
  ...['/api/websocket/ticket', '/api/ws/ticket', '/api/v1/ws-ticket', '/websocket/ticket'],
  ...['/api/v1/audit/events', '/api/v1/audit/sequences', '*', '//', '/%', 'http://x/healthz', 'x:443'],
];
const methods = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'QUERY',
  'PROPFIND',
];
const parameters = [
  'route',
  'ticket',
  'type',
  'user',
  'session',
  'from',
  'to',
  'limit',
  'cursor',
  'order',
  'incomplete',
];
const headerNames = [
  ...[
    'Host',
    'Authorization',
    'Content-Type',
    'Content-Length',
    'Transfer-Encoding',
    'Content-Encoding',
    'Expect',
  ],
  ...[
    'Connection',
    'Upgrade',
    'Origin',
    'Cookie',
    'User-Agent',
    'X-Forwarded-For',
    'traceparent',
    'Accept-Version',
  ],
  ...['Sec-WebSocket-Key', 'Sec-WebSocket-Version', 'Sec-WebSocket-Protocol', 'Sec-WebSocket-Extensions'],
  ...['Access-Control-Request-Method', 'Access-Control-Request-Headers', 'HTTP2-Settings', 'Trailer', 'TE'],
];
const headerValues = [
  ...[
    '',
    'test',
    'chunked',
    'gzip',
    'close',
    'keep-alive',
    'Upgrade',
    'websocket',
    'h2c',
    '13',
    '0',
    '2',
    '-1',
    'null',
  ],
  ...[
    'application/json',
    'text/plain',
    '100-continue',
    'https://app.example.com',
    'admit.v1, ticket.x',
    'POST',
  ],
  ...[
    'dGhlIHNhbXBsZSBub25jZQ==',
    'permessage-deflate',
    '127.0.0.1, x',
    `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  ],
];

const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});
const printable = fc.string({ maxLength: 40 });
const among = (values: readonly string[]) => fc.constantFrom(...values);

const query = fc
  .array(
    fc.tuple(
      fc.oneof(among(parameters), printable),
      fc.oneof(fc.string({ unit: 'binary' }), fc.double().map(String)),
    ),
    { maxLength: 4 },
  )
  .map((pairs) =>
    pairs
      .map((pair) => pair.map((text) => encodeURIComponent(Buffer.from(text).toString())).join('='))
      .join('&'),
  );

const target = fc.oneof(
  {
    arbitrary: fc
      .tuple(among(paths), query)
      .map(([path, search]) => (search === '' ? path : `${path}?${search}`)),
    weight: 6,
  },
  { arbitrary: fc.webUrl(), weight: 1 },
  { arbitrary: latin1, weight: 1 },
);

const header = fc.tuple(
  fc.oneof({ arbitrary: among(headerNames), weight: 8 }, { arbitrary: printable, weight: 1 }),
  fc.oneof(
    { arbitrary: among(headerValues), weight: 5 },
    { arbitrary: printable, weight: 2 },
    { arbitrary: latin1, weight: 1 },
  ),
);

const body = fc.oneof(
  fc.constant(''),
  fc.json({ maxDepth: 4 }),
  fc.record({ route: fc.jsonValue() }).map((value) => JSON.stringify(value)),
  latin1,
);

/** A request that may be anything, but is written down as requests are; `authorization` is a good one. */
export function anyRequest(authorization: string): fc.Arbitrary<Buffer> {
  return fc
    .record({
      method: fc.oneof({ arbitrary: among(methods), weight: 8 }, { arbitrary: printable, weight: 1 }),
      target,
      version: fc.oneof(
        { arbitrary: fc.constant('HTTP/1.1'), weight: 8 },
        { arbitrary: among(['HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'ICE/1.0', '']), weight: 1 },
      ),
      headers: fc.array(header, { maxLength: 8 }),
      proper: fc.boolean(),
      body,
    })
    .map(({ method, target: to, version, headers, proper, body: content }) => {
      const usual = proper
        ? [
            ['Host', 'test'],
            ['Authorization', authorization],
            ['Content-Type', 'application/json'],
            ['Content-Length', String(Buffer.byteLength(content, 'latin1'))],
          ]
        : [];
      const lines = [...usual, ...headers].map(([name, value]) => `${name}: ${value}`);
      return Buffer.from([`${method} ${to} ${version}`, ...lines, '', content].join('\r\n'), 'latin1');
    });
}

/** Bytes to put, to leave out or to repeat somewhere. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat({ max: 12 }),
  put: fc.oneof(
    fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
    among(['\r\n', '\r\n\r\n', '\0', ' ', ':', '"', '}', '.', '=', '%00']).map((text) => Buffer.from(text)),
  ),
  times: fc.constantFrom(1, 1, 1, 2, 300),
});

/** Bytes with a few changes. */
export function mutationsOf(bytes: Uint8Array): fc.Arbitrary<Buffer> {
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) =>
    changes.reduce((changed, { at, cut, put, times }) => {
      const place = Math.floor(at * changed.length);
      const more = Array.from({ length: times }, () => put);
      return Buffer.concat([changed.subarray(0, place), ...more, changed.subarray(place + cut)]);
    }, Buffer.from(bytes)),
  );
}
