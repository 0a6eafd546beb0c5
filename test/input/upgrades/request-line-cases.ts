import { admitted, badUpgrade, notHttp, type UpgradeCase } from './upgrade-case.ts';

const notGet = badUpgrade('The method of an upgrade must be GET.');
const badHost = badUpgrade('The Host header must name a host.');

const requestLine: readonly UpgradeCase[] = [
  ...['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE'].map((method) => ({
    what: `method ${method}`,
    upgrade: { method },
    outcome: notGet,
  })),
  {
    what: 'method CONNECT',
    upgrade: { method: 'CONNECT' },
    outcome: notHttp('CONNECT is for proxies, and this is not a proxy'),
  },
  {
    what: 'method in lower case',
    upgrade: { method: 'get' },
    outcome: notHttp('Invalid method encountered'),
  },
  { what: 'method of nobody', upgrade: { method: 'FETCH' }, outcome: notHttp('Invalid method encountered') },
  { what: 'HTTP/1.0', upgrade: { httpVersion: '1.0' }, outcome: badUpgrade('An upgrade must be HTTP/1.1.') },
  ...['0.9', '2.0'].map((httpVersion) => ({
    what: `HTTP/${httpVersion}`,
    upgrade: { httpVersion },
    outcome: badUpgrade(`HTTP/${httpVersion} is not spoken here, but HTTP/1.1 is.`),
  })),
  { what: 'HTTP/1.2', upgrade: { httpVersion: '1.2' }, outcome: notHttp('Invalid HTTP version') },
  {
    what: 'the preface of HTTP/2',
    alter: () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    outcome: notHttp('Pause on PRI/Upgrade'),
  },
  {
    what: 'no HTTP at all',
    alter: () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    outcome: notHttp('Invalid method encountered'),
  },
  { what: 'an empty line before the request', alter: (head) => `\r\n${head}`, outcome: admitted },
];

const hosts: readonly UpgradeCase[] = [
  {
    what: 'no Host',
    upgrade: { headers: { host: null } },
    outcome: badUpgrade('The request has no Host header.'),
  },
  ...[
    ['a', 'b'],
    ['a', 'a'],
  ].map((host) => ({
    what: `two Hosts, ${host.join(' and ')}`,
    upgrade: { headers: { host } },
    outcome: badUpgrade('The request has more than one host header.'),
  })),
  ...['', 'a b', 'a/b', 'user@a', 'b\u00fccher.example'].map((host) => ({
    what: `Host ${JSON.stringify(host)}`,
    upgrade: { headers: { host } },
    outcome: badHost,
  })),
  ...['[::1]:80', 'xn--bcher-kva.example', 'a_b.example:443', 'another.example'].map((host) => ({
    what: `Host ${host}`,
    upgrade: { headers: { host } },
    outcome: admitted,
  })),
];

/** RFC 9112, sections 3 and 3.2. Targets have a table of their own. */
export const requestLineCases: readonly UpgradeCase[] = [...requestLine, ...hosts];
