import { encodeFrame, opcodes } from '@admit-one/testkit';
import { admitted, badUpgrade, noRequest, notHttp, refused, type UpgradeCase } from './upgrade-case.ts';

const withBody = badUpgrade('An upgrade has no body: leave out Content-Length and Transfer-Encoding.');
const unread = badUpgrade('The only transfer coding (Transfer-Encoding) that is read here is chunked.');
const tooMany = badUpgrade('The request has more than 200 headers.');
const fill = (lines: number): string => 'a:b\r\n'.repeat(lines);

const bodies: readonly UpgradeCase[] = [
  ...['3', '00', '1000000000000'].map((length) => ({
    what: `Content-Length: ${length}`,
    upgrade: { headers: { 'content-length': length } },
    outcome: withBody,
  })),
  { what: 'Content-Length: 0', upgrade: { headers: { 'content-length': '0' } }, outcome: admitted },
  ...['-1', '+0', '0x0', 'x', '0, 0'].map((length) => ({
    what: `Content-Length: ${length}`,
    upgrade: { headers: { 'content-length': length } },
    outcome: notHttp('Invalid character in Content-Length'),
  })),
  {
    what: 'a Content-Length of 30 digits',
    upgrade: { headers: { 'content-length': '9'.repeat(30) } },
    outcome: notHttp('Content-Length overflow'),
  },
  {
    what: 'two Content-Lengths',
    upgrade: { headers: { 'content-length': ['0', '0'] } },
    outcome: notHttp('Duplicate Content-Length'),
  },
  {
    what: 'a chunked body',
    upgrade: { headers: { 'transfer-encoding': 'chunked' } },
    pipelined: Buffer.from('0\r\n\r\n'),
    outcome: withBody,
  },
  ...['identity', 'gzip', 'gzip, chunked', 'xchunked'].map((coding) => ({
    what: `Transfer-Encoding: ${coding}`,
    upgrade: { headers: { 'transfer-encoding': coding } },
    outcome: unread,
  })),
  {
    what: 'Content-Length and Transfer-Encoding',
    upgrade: { headers: { 'content-length': '3', 'transfer-encoding': 'chunked' } },
    outcome: notHttp("Transfer-Encoding can't be present with Content-Length"),
  },
  {
    what: 'Transfer-Encoding and Content-Length',
    upgrade: { headers: { 'transfer-encoding': 'chunked', 'content-length': '3' } },
    outcome: notHttp("Content-Length can't be present with Transfer-Encoding"),
  },
  {
    what: 'a body',
    upgrade: { headers: { 'content-length': '3' } },
    pipelined: Buffer.from('abc'),
    outcome: withBody,
  },
  {
    what: 'frames before the 101',
    pipelined: encodeFrame({ opcode: opcodes.text, payload: 'early' }),
    outcome: admitted,
  },
  {
    what: 'frames before the refusal',
    upgrade: { target: '/nowhere' },
    pipelined: Buffer.concat(
      Array.from({ length: 1_000 }, () => encodeFrame({ opcode: opcodes.text, payload: 'early' })),
    ),
    outcome: refused('route_unknown'),
  },
];

const shapes: readonly UpgradeCase[] = [
  {
    what: '190 headers more',
    alter: (head) => head.replace('\r\n\r\n', `\r\n${fill(190)}\r\n`),
    outcome: admitted,
  },
  {
    what: '2,000 headers',
    alter: (head) => head.replace('\r\n\r\n', `\r\n${fill(2_000)}\r\n`),
    outcome: tooMany,
  },
  { what: 'a header of 15 KB', upgrade: { headers: { 'x-a': 'a'.repeat(15_000) } }, outcome: admitted },
  {
    what: 'a header of 17 KB',
    upgrade: { headers: { 'x-a': 'a'.repeat(17_000) } },
    outcome: noRequest(431, 'The request line and the headers are larger than 16 KiB.'),
  },
  {
    what: 'a header over two lines',
    alter: (head) => head.replace('\r\n\r\n', '\r\nx-a: a\r\n b\r\n\r\n'),
    outcome: notHttp('Unexpected whitespace after header value'),
  },
  {
    what: 'lines that end with LF alone',
    alter: (head) => head.replaceAll('\r\n', '\n'),
    outcome: notHttp('Expected CRLF after version'),
  },
  {
    what: 'lines that end with CR alone',
    alter: (head) => head.replaceAll('\r\n', '\r'),
    outcome: notHttp('Expected CRLF after version'),
  },
  {
    what: 'a header with NUL',
    upgrade: { headers: { 'x-a': 'a\0b' } },
    outcome: notHttp('Invalid header value char'),
  },
  {
    what: 'a header name with NUL',
    upgrade: { headers: { 'x\0a': 'b' } },
    outcome: notHttp('Invalid header token'),
  },
  {
    what: 'a blank before the colon',
    upgrade: { headers: { 'x-a ': 'b' } },
    outcome: notHttp('Invalid header token'),
  },
  {
    what: 'a header without a name',
    upgrade: { headers: { '': 'b' } },
    outcome: notHttp('Invalid header token'),
  },
  {
    what: 'a line without a colon',
    alter: (head) => head.replace('\r\n', '\r\nx-a\r\n'),
    outcome: notHttp('Invalid header token'),
  },
  {
    what: 'headers named __proto__ and constructor',
    alter: (head) => head.replace('\r\n\r\n', '\r\n__proto__: a\r\nconstructor: b\r\n\r\n'),
    outcome: admitted,
  },
  { what: 'Expect: 100-continue', upgrade: { headers: { expect: '100-continue' } }, outcome: admitted },
  {
    what: 'another expectation',
    upgrade: { headers: { expect: 'a miracle' } },
    outcome: badUpgrade('The only expectation (Expect) that is met here is 100-continue.'),
  },
];

/** RFC 9112, sections 5 and 6: where a head ends, and what a body is. */
export const messageCases: readonly UpgradeCase[] = [...bodies, ...shapes];
