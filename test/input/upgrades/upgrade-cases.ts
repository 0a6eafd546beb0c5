import { encodeFrame, opcodes, type UpgradeRequest } from '@admit-one/testkit';
import { FRONTEND } from '../../stack/stack.ts';
import {
  admitted,
  asRequest,
  badUpgrade,
  type ExpectedAnswer,
  noRequest,
  notHttp,
  plain,
  rejected,
  told,
  type UpgradeCase,
} from './upgrade-case.ts';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const early = encodeFrame({ opcode: opcodes.text, payload: 'early' });

const blocked = told('origin_blocked');
const unknown = rejected('route_unknown');
const badHost = badUpgrade('The Host header must name a host.');
const badKey = badUpgrade('There must be one Sec-WebSocket-Key header, 16 bytes in base64.');
const badVersion = rejected('upgrade_required', 'Sec-WebSocket-Version must be 13.');
const notWebSocket = badUpgrade('The Upgrade header must be websocket and nothing else.');
const withBody = badUpgrade('An upgrade has no body: leave out Content-Length and Transfer-Encoding.');
const unread = badUpgrade('The only transfer coding (Transfer-Encoding) that is read here is chunked.');
const noUpgrade = asRequest(
  rejected(
    'upgrade_required',
    'This path takes WebSocket connections only: send Connection: Upgrade and Upgrade: websocket.',
  ),
);

type Row = readonly [what: string, upgrade: UpgradeRequest, outcome: ExpectedAnswer];
type Altered = readonly [what: string, alter: (head: string) => string, outcome: ExpectedAnswer];

const rows: readonly Row[] = [
  ['POST', { method: 'POST' }, badUpgrade('The method of an upgrade must be GET.')],
  ['CONNECT', { method: 'CONNECT' }, notHttp('CONNECT is for proxies, and this is not a proxy')],
  ['HTTP/1.0', { httpVersion: '1.0' }, badUpgrade('An upgrade must be HTTP/1.1.')],
  ['HTTP/2.0', { httpVersion: '2.0' }, badUpgrade('HTTP/2.0 is not spoken here, but HTTP/1.1 is.')],
  ['no Host', { headers: { host: null } }, badUpgrade('The request has no Host header.')],
  ['two Hosts', { headers: { host: ['a', 'b'] } }, badUpgrade('The request has more than one host header.')],
  ['a Host with a user', { headers: { host: 'user@a' } }, badHost],
  ['a Host that is IPv6', { headers: { host: '[::1]:80' } }, admitted],

  ['an absolute target', { target: 'HTTPS://A:1/ws/echo' }, admitted],
  ['a target in percent-encoding', { target: '/%77s/ech%6F/' }, admitted],
  ...[
    '/',
    '*',
    '/ws//',
    '//ws',
    '/WS',
    '/ws/../ws',
    '/ws%2Fecho',
    '/ws/%zz',
    '/%2577s',
    '/ws/ticket',
    '/ws/__proto__',
    '//a/ws',
  ].map((target): Row => [`target ${target}`, { target }, unknown]),
  ['a target of 14 KB', { target: `/ws/${'a'.repeat(14_000)}` }, unknown],
  ['NUL in the target', { target: '/ws\0' }, notHttp('Invalid char in url path')],

  ['Upgrade: h2c', { headers: { upgrade: 'h2c' } }, noUpgrade],
  ['Upgrade: websocket, h2c', { headers: { upgrade: 'websocket, h2c' } }, notWebSocket],
  ['Upgrade twice', { headers: { upgrade: ['websocket', 'websocket'] } }, notWebSocket],
  ['Upgrade: WebSocket', { headers: { upgrade: 'WebSocket' } }, admitted],
  ['no Upgrade', { headers: { upgrade: null } }, noUpgrade],
  ['no Connection', { headers: { connection: null } }, noUpgrade],
  ['Connection in two headers', { headers: { connection: ['keep-alive', 'Upgrade'] } }, admitted],
  [
    'POST without Upgrade',
    { method: 'POST', headers: { upgrade: null } },
    plain(405, 'INVALID_REQUEST', 'The method POST is not for /ws, but GET, HEAD.'),
  ],
  ['version 8', { headers: { 'sec-websocket-version': '8' } }, badVersion],
  ['version +13', { headers: { 'sec-websocket-version': '+13' } }, badVersion],
  ['two versions', { headers: { 'sec-websocket-version': ['13', '13'] } }, badVersion],
  ['no key', { headers: { 'sec-websocket-key': null } }, badKey],
  ['a key of 15 bytes', { key: Buffer.alloc(15).toString('base64') }, badKey],
  ['a key in base64url', { key: `${'-_'.repeat(11)}==` }, badKey],
  ['two equal keys', { headers: { 'sec-websocket-key': [KEY, KEY] } }, badKey],

  ['a length', { headers: { 'content-length': '3' } }, withBody],
  ['a length of 0', { headers: { 'content-length': '0' } }, admitted],
  ['two lengths', { headers: { 'content-length': ['0', '0'] } }, notHttp('Duplicate Content-Length')],
  ['a transfer coding', { headers: { 'transfer-encoding': 'gzip, chunked' } }, unread],
  [
    'a length and chunks',
    { headers: { 'content-length': '3', 'transfer-encoding': 'chunked' } },
    notHttp("Transfer-Encoding can't be present with Content-Length"),
  ],
  ['a header of 15 KB', { headers: { 'x-a': 'a'.repeat(15_000) } }, admitted],
  [
    'a header of 17 KB',
    { headers: { 'x-a': 'a'.repeat(17_000) } },
    rejected('headers_too_large', 'The request line and the headers without tokens are larger than 16 KiB.'),
  ],
  [
    'a header of 70 KB',
    { headers: { 'x-a': 'a'.repeat(70_000) } },
    noRequest(431, 'The request line and the headers are larger than 64 KiB.'),
  ],
  ['a blank before the colon', { headers: { 'x-a ': 'b' } }, notHttp('Invalid header token')],
  [
    'an unknown expectation',
    { headers: { expect: 'a miracle' } },
    badUpgrade('The only expectation (Expect) that is met here is 100-continue.'),
  ],

  ...[
    '',
    'null',
    'https://app.example.com.evil.example',
    'https://app.example.com/',
    'http://app.example.com',
  ].map((origin): Row => [`Origin ${JSON.stringify(origin)}`, { origin }, blocked]),
  ['two good Origins', { headers: { origin: [FRONTEND, FRONTEND] } }, blocked],
  ['an Origin of 8 KB', { origin: `https://${'a'.repeat(8_000)}.example.com` }, blocked],
  ['a good Origin', { origin: FRONTEND }, admitted],
  ['an Origin by a wildcard', { origin: 'https://a.preview.example.com' }, admitted],
  ['a good Origin and an unknown path', { origin: FRONTEND, target: '/nowhere' }, told('route_unknown')],

  [
    'admit.v1 and another protocol',
    { protocols: ['chat', 'admit.v1'] },
    { kind: 'admitted', protocol: 'admit.v1' },
  ],
  ['another protocol', { protocols: ['chat'] }, admitted],
  ['a repeated protocol', { headers: { 'sec-websocket-protocol': 'a, a' } }, admitted],
  ['1,000 protocols', { protocols: Array.from({ length: 1_000 }, (_, n) => `p${n}`) }, admitted],
  [
    'a JWT of 5 kB and what is no token',
    { protocols: ['admit.v1', `jwt.${'a'.repeat(5_000)}`, 'a b', ''] },
    { kind: 'admitted', protocol: 'admit.v1' },
  ],
  [
    'any extensions',
    { headers: { 'sec-websocket-extensions': 'permessage-deflate, permessage-deflate;;,x; a="b"' } },
    admitted,
  ],
];

const altered: readonly Altered[] = [
  ['method in lower case', (head) => head.replace('GET', 'get'), notHttp('Invalid method encountered')],
  ['LF for CRLF', (head) => head.replaceAll('\r\n', '\n'), notHttp('Expected CRLF after version')],
  [
    'a TLS hello',
    () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    notHttp('Invalid method encountered'),
  ],
  [
    '2,000 headers',
    (head) => head.replace('\r\n\r\n', `\r\n${'a:b\r\n'.repeat(2_000)}\r\n`),
    rejected('headers_too_large', 'The request has more than 200 headers.'),
  ],
  [
    'headers named __proto__ and constructor',
    (head) => head.replace('\r\n\r\n', '\r\n__proto__: a\r\nconstructor: b\r\n\r\n'),
    admitted,
  ],
];

/** Each sentence that an upgrade can be rejected with, and what must pass. The units beside the parsers have the rest. */
export const upgradeCases: readonly UpgradeCase[] = [
  ...rows.map(([what, upgrade, outcome]) => ({ what, upgrade, outcome })),
  ...altered.map(([what, alter, outcome]) => ({ what, alter, outcome })),
  {
    what: 'a chunked body',
    upgrade: { headers: { 'transfer-encoding': 'chunked' } },
    pipelined: Buffer.from('0\r\n\r\n'),
    outcome: withBody,
  },
  { what: 'frames before the 101', pipelined: early, outcome: admitted },
  {
    what: 'a thousand frames before a rejection',
    upgrade: { target: '/nowhere' },
    pipelined: Buffer.concat(Array.from({ length: 1_000 }, () => early)),
    outcome: unknown,
  },
];
