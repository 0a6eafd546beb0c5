import { admitted, badUpgrade, plain, refused, type UpgradeCase } from './upgrade-case.ts';

const notWebSocket = badUpgrade('The Upgrade header must be websocket and nothing else.');
const badKey = badUpgrade('There must be one Sec-WebSocket-Key header, 16 bytes in base64.');
const badVersion = refused('upgrade_required', 'Sec-WebSocket-Version must be 13.');
const noUpgrade = plain(
  426,
  'BAD_UPGRADE',
  'This path takes WebSocket connections only: send Connection: Upgrade and Upgrade: websocket.',
);
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const keyOf = (bytes: number): string => Buffer.alloc(bytes, 7).toString('base64');

const upgradeAndConnection: readonly UpgradeCase[] = [
  ...['h2c', 'web socket', 'TLS/1.0'].map((upgrade) => ({
    what: `Upgrade: ${upgrade}`,
    upgrade: { headers: { upgrade } },
    outcome: noUpgrade,
  })),
  ...['websocket, h2c', 'h2c, websocket', 'websocket/13'].map((upgrade) => ({
    what: `Upgrade: ${upgrade}`,
    upgrade: { headers: { upgrade } },
    outcome: notWebSocket,
  })),
  {
    what: 'Upgrade: websocket twice',
    upgrade: { headers: { upgrade: ['websocket', 'websocket'] } },
    outcome: notWebSocket,
  },
  { what: 'Upgrade: WebSocket', upgrade: { headers: { upgrade: 'WebSocket' } }, outcome: admitted },
  { what: 'no Upgrade', upgrade: { headers: { upgrade: null } }, outcome: noUpgrade },
  { what: 'an empty Upgrade', upgrade: { headers: { upgrade: '' } }, outcome: noUpgrade },
  ...[null, 'keep-alive', 'upgraded', 'Upgrade;', '"Upgrade"'].map((connection) => ({
    what: connection === null ? 'no Connection' : `Connection: ${connection}`,
    upgrade: { headers: { connection } },
    outcome: noUpgrade,
  })),
  ...['UPGRADE', 'keep-alive, Upgrade', 'Upgrade,keep-alive', 'close, Upgrade'].map((connection) => ({
    what: `Connection: ${connection}`,
    upgrade: { headers: { connection } },
    outcome: admitted,
  })),
  {
    what: 'Connection in two headers',
    upgrade: { headers: { connection: ['keep-alive', 'Upgrade'] } },
    outcome: admitted,
  },
  {
    what: 'POST without Upgrade',
    upgrade: { method: 'POST', headers: { upgrade: null } },
    outcome: plain(405, 'INVALID_REQUEST', 'The method POST is not for /ws, but GET, HEAD.'),
  },
];

const webSocketHeaders: readonly UpgradeCase[] = [
  ...[null, '', '8', '0', '12', '14', '+13', '013', '13.0', '0xd', '13, 8', '8, 13'].map((version) => ({
    what: version === null ? 'no version' : `version ${JSON.stringify(version)}`,
    upgrade: { headers: { 'sec-websocket-version': version } },
    outcome: badVersion,
  })),
  ...[
    ['13', '13'],
    ['13', '8'],
  ].map((versions) => ({
    what: `versions ${versions.join(' and ')}`,
    upgrade: { headers: { 'sec-websocket-version': versions } },
    outcome: badVersion,
  })),
  { what: 'no key', upgrade: { headers: { 'sec-websocket-key': null } }, outcome: badKey },
  ...[
    ['empty', ''],
    ['of 15 bytes', keyOf(15)],
    ['of 17 bytes', keyOf(17)],
    ['of 8 KiB', keyOf(8_192)],
    ['without padding', KEY.slice(0, -2)],
    ['with text behind it', `${KEY}x`],
    ['in base64url', `${'-_'.repeat(11)}==`],
    ['that is not base64', `${'!'.repeat(22)}==`],
    ['in hex', '00112233445566778899aabb'],
  ].map(([what, key]) => ({ what: `key ${what}`, upgrade: { key: key ?? '' }, outcome: badKey })),
  ...[
    [KEY, KEY],
    [KEY, keyOf(16)],
  ].map((keys, n) => ({
    what: `two ${n === 0 ? 'equal' : 'different'} keys`,
    upgrade: { headers: { 'sec-websocket-key': keys } },
    outcome: badKey,
  })),
  {
    what: 'key with blanks around it',
    alter: (head) => head.replace(/(key: )(.*)/i, '$1  $2\t '),
    outcome: admitted,
  },
  {
    what: 'key whose last bits are not zero, as some decoders take it',
    upgrade: { key: KEY.replace('Q==', 'R==') },
    outcome: admitted,
  },
];

/** RFC 6455, section 4.1. */
export const headerCases: readonly UpgradeCase[] = [...upgradeAndConnection, ...webSocketHeaders];
