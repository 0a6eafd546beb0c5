import { FRONTEND } from '../../stack/stack.ts';
import { admitted, refused, told, type UpgradeCase } from './upgrade-case.ts';

const blocked = told('origin_blocked');
const badProtocols = refused(
  'bad_upgrade',
  'Sec-WebSocket-Protocol must be a list of different tokens, at most 32, in at most 4096 characters.',
);

const foreign = [
  '',
  'null',
  'https://app.example.com.evil.example',
  'https://evilapp.example.com',
  'https://app.example.co',
  'https://app.example.comm',
  'https://example.com',
  'https://x.app.example.com',
  'https://app.example.com:8443',
  'https://app.example.com:443',
  'https://app.example.com:',
  'http://app.example.com',
  'wss://app.example.com',
  'https://APP.example.com',
  'HTTPS://app.example.com',
  'https://app.example.com.',
  'https://app.example.com/',
  'https://app.example.com/path',
  'https://app.example.com?',
  'https://app.example.com#',
  'https://app.example.com@evil.example',
  'https://user@app.example.com',
  'https://evil.example/https://app.example.com',
  'https://app.example.com https://evil.example',
  'https://app.example.com, https://evil.example',
  'https://app.example.com,https://app.example.com',
  'app.example.com',
  '*',
  'https://*',
  'https://app.example.com\\',
  'https://xn--app-example.com',
  'https://\u00e4pp.example.com',
  'https://preview.example.com',
  'https://.preview.example.com',
  'https://evilpreview.example.com',
  'https://a.preview.example.com.evil.example',
  'https://a.preview.example.com:8443',
  'http://localhost.evil.example',
  'http://127.0.0.1.evil.example',
  'file://',
  'chrome-extension://abc',
  `https://${'a'.repeat(8_000)}.example.com`,
];

const own = [
  FRONTEND,
  'https://a.preview.example.com',
  'https://a.b.preview.example.com',
  'http://localhost:5173',
  'http://[::1]:3000',
];

const name = (text: string): string =>
  text.length > 80 ? `${text.slice(0, 20)}… of ${text.length} characters` : JSON.stringify(text);
const offering = (protocols: string) => ({ headers: { 'sec-websocket-protocol': protocols } });

/** What browsers send: origins, subprotocols, extensions. */
export const browserCases: readonly UpgradeCase[] = [
  ...foreign.map((origin) => ({ what: `Origin ${name(origin)}`, upgrade: { origin }, outcome: blocked })),
  {
    what: 'two Origins, both of them good',
    upgrade: { headers: { origin: [FRONTEND, FRONTEND] } },
    outcome: blocked,
  },
  ...own.map((origin) => ({ what: `Origin ${name(origin)}`, upgrade: { origin }, outcome: admitted })),
  { what: 'no Origin', outcome: admitted },
  {
    what: 'a good Origin on a path that is not there',
    upgrade: { origin: FRONTEND, target: '/nowhere' },
    outcome: refused('route_unknown'),
  },
  {
    what: 'a good Origin and a wrong version',
    upgrade: { origin: FRONTEND, headers: { 'sec-websocket-version': '8' } },
    outcome: refused('upgrade_required', 'Sec-WebSocket-Version must be 13.'),
  },

  {
    what: 'admit.v1 offered',
    upgrade: { protocols: ['admit.v1'] },
    outcome: { kind: 'admitted', protocol: 'admit.v1' },
  },
  {
    what: 'admit.v1 offered last',
    upgrade: { protocols: ['chat', 'admit.v1'] },
    outcome: { kind: 'admitted', protocol: 'admit.v1' },
  },
  { what: 'a protocol that the route does not speak', upgrade: { protocols: ['chat'] }, outcome: admitted },
  { what: 'a JWT for a protocol', upgrade: { protocols: ['jwt.a.b.c'] }, outcome: admitted },
  {
    what: 'protocols in two headers',
    upgrade: { headers: { 'sec-websocket-protocol': ['chat', 'admit.v1'] } },
    outcome: { kind: 'admitted', protocol: 'admit.v1' },
  },
  ...[
    ['an empty list', ''],
    ['an empty item', 'a,,b'],
    ['a comma at the end', 'a,'],
    ['the same twice', 'a, a'],
    ['two words in an item', 'a b'],
    ['a quoted item', '"a"'],
    ['an item with a slash', 'a/b'],
    ['an item with a colon', 'a:b'],
    ['an item that is not ASCII', 'caf\u00e9'],
    ['thousands of blanks', `a${' '.repeat(8_000)}b`],
    ['thousands of commas', ','.repeat(8_000)],
    ['33 items', Array.from({ length: 33 }, (_, n) => `p${n}`).join(', ')],
    ['4,097 characters', 'p'.repeat(4_097)],
  ].map(([what, protocols]) => ({
    what: `subprotocols: ${what}`,
    upgrade: offering(protocols ?? ''),
    outcome: badProtocols,
  })),
  { what: 'subprotocols: the same in another case', upgrade: offering('a, A'), outcome: admitted },

  ...[
    'permessage-deflate; client_max_window_bits',
    'permessage-deflate, permessage-deflate',
    'x-unknown; a="b"',
    ';;;,',
    '',
  ].map((extensions) => ({
    what: `extensions offered: ${name(extensions)}`,
    upgrade: { headers: { 'sec-websocket-extensions': extensions } },
    outcome: admitted,
  })),
];
