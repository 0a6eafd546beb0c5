import { admitted, notHttp, refused, type UpgradeCase } from './upgrade-case.ts';

const unknown = refused('route_unknown');
/** Paths, each with the query that carries the ticket. */
const good = [
  '/ws',
  '/api/ws',
  '/ws/default',
  '/api/ws/default',
  '/ws/echo',
  '/api/ws/bridge',
  'http://a/ws',
  'HTTPS://A:1/ws/echo',
];

const bad = [
  '/',
  '*',
  '/ws/',
  '/ws//',
  '//ws',
  '/ws/nowhere',
  '/WS',
  '/ws/Echo',
  '/wsx',
  '/w',
  '/api',
  '/api/',
  '/api/ws/',
  '/api//ws',
  '/ws/ticket',
  '/api/ws/ticket',
  '/api/websocket/ticket',
  '/healthz',
  '/metrics',
  '/ws/.',
  '/ws/..',
  '/ws/../ws',
  '/x/../ws',
  '/./ws',
  '/ws/echo/..',
  '/ws/%2e%2e/ws',
  '/ws/..%2fws',
  '/..%5cws',
  '/%77s',
  '/ws%2f',
  '/ws%2fecho',
  '/ws/%65cho',
  '/ws%00',
  '/ws%3f',
  '/ws;a=b',
  '/ws/echo;',
  '/ws/__proto__',
  '/ws/constructor',
  '/ws/toString',
  `/ws/${'a'.repeat(33)}`,
  `/ws/${'a'.repeat(14_000)}`,
  `/ws${'/'.repeat(14_000)}`,
  'ws://a/ws',
  'ftp://a/ws',
  'http://a',
  'http://a/',
  'http:///ws/x',
  '/http://a/ws',
  '//a/ws',
  '/ws\\',
  '/ws#a',
];

/** What no target can be, by the parser's words. */
const impossible: Readonly<Record<string, readonly string[]>> = {
  'Unexpected char in url schema': ['ws', 'a:80'],
  'Unexpected start char in url': ['?', '\\ws'],
  'Expected HTTP/, RTSP/ or ICE/': ['/w s'],
  'Invalid characters in url': ['/ws\t'],
  'Invalid char in url path': ['/ws\0', '/ws\x7f', '/ws\u00e4'],
};

function name(path: string): string {
  return path.length > 40
    ? `${path.slice(0, 10)}… of ${path.length} characters`
    : JSON.stringify(path).slice(1, -1);
}

/** Request targets; paths are matched as they were sent. */
export const targetCases: readonly UpgradeCase[] = [
  ...good.map((path) => ({ what: `target ${name(path)}`, upgrade: { target: path }, outcome: admitted })),
  ...bad.map((path) => ({ what: `target ${name(path)}`, upgrade: { target: path }, outcome: unknown })),
  ...Object.entries(impossible).flatMap(([why, paths]) =>
    paths.map((path) => ({ what: `target ${name(path)}`, upgrade: { target: path }, outcome: notHttp(why) })),
  ),
];
