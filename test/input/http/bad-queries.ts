/** A query that the trail must refuse, and what the refusal must say. */
export type BadQuery = readonly [query: string, detail: string];

/** A cursor that says this of its place. */
export function cursorOf(...place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** What events can be searched by. */
export const facts = ['ticket', 'session', 'user', 'connection', 'reason'] as const;

const cursor = 'cursor must be what a page gave as next.';
const time = (name: string) =>
  `${name} must be a date and time of RFC 3339, such as 2026-01-31T12:00:00Z; in a URL, + is %2B.`;
const unknown = (name: string) => `There is no parameter ${JSON.stringify(name)} here, only type, `;

export const badQueries: readonly BadQuery[] = [
  ...[
    '0',
    '-1',
    '1001',
    '1e9',
    'NaN',
    'Infinity',
    '1.5',
    '',
    '%20',
    '1%00',
    '1;DROP%20TABLE%20event',
    '9'.repeat(400),
  ].map((limit): BadQuery => [`limit=${limit}`, 'limit must be ']),
  ['limit=1&limit=2', 'limit must be '],
  ...['', 'asc;', 'ASC', 'asc,desc', '1%20OR%201=1'].map(
    (order): BadQuery => [`order=${order}`, 'order must be one of asc, desc.'],
  ),
  ...['', 'x', 'admit.*', 'admit.ticket.issued%00', "admit.ticket.issued'--"].map(
    (type): BadQuery => [`type=${type}`, 'type must be one of '],
  ),
  [
    Array.from({ length: 51 }, () => 'type=admit.ticket.issued').join('&'),
    'type must NOT have more than 50 items.',
  ],
  ...(['from', 'to'] as const).flatMap((name) =>
    [
      ...[
        '',
        'now',
        '0',
        '1790000000',
        '2026-13-01T00:00:00Z',
        '2026-01-32T00:00:00Z',
        '2026-02-29T00:00:00Z',
        '2026-01-01',
        '2026-01-01T25:00:00Z',
      ],
      ...[
        '2026-01-01T00:00:00',
        '2026-01-01T00:00:00+99:99',
        '+275760-09-13T00:00:00Z',
        '-000001-01-01T00:00:00Z',
        "2026-01-01T00:00:00Z'--",
        '2026-01-01T00:00:00Z%00',
        '2026-12-31T23:59:60Z',
        'infinity',
      ],
    ].map((value): BadQuery => [`${name}=${value}`, time(name)]),
  ),
  ['from=2026-01-01T00:00:00Z&from=2026-01-01T00:00:00Z', 'from must be '],
  ...facts.map((fact): BadQuery => [`${fact}=`, `${fact} must NOT have fewer than 1 characters.`]),
  ...facts.map(
    (fact): BadQuery => [`${fact}=${'x'.repeat(513)}`, `${fact} must NOT have more than 512 characters.`],
  ),
  ...facts.map((fact): BadQuery => [`${fact}=a&${fact}=b`, `${fact} must be string.`]),
  ...[
    '',
    'x',
    '%00',
    '..%2f..',
    'W10',
    cursorOf(),
    cursorOf(0),
    cursorOf(null, null, null, null),
    '['.repeat(4_000),
  ].map((value): BadQuery => [`cursor=${value}`, cursor]),
  [`cursor=${cursorOf(0, 'p00.x', '1', 'id')}`, cursor],
  [`cursor=${cursorOf(0, 'p00.x', '0000000000000001', 'id', 'more')}`, cursor],
  [`cursor=${cursorOf(0, 'p00.\0', '0000000000000001', 'id')}`, cursor],
  [`cursor=${cursorOf(0, ["p00'"], '0000000000000001', 'id')}`, cursor],
  [`cursor=${cursorOf(0.5, 'p00.x', '0000000000000001', 'id')}`, cursor],
  [`cursor=${cursorOf('now', 'p00.x', '0000000000000001', 'id')}`, cursor],
  [`cursor=${cursorOf(8.64e15, 'p00.x', '0000000000000001', 'id')}`, cursor],
  [`cursor=${cursorOf(-8.64e15, 'p00.x', '0000000000000001', 'id')}`, cursor],
  [`cursor=${'x'.repeat(4_097)}`, 'cursor must NOT have more than 4096 characters.'],
  ...[
    'users',
    'Type',
    'user[]',
    'user%5B%24ne%5D',
    '__proto__',
    'constructor',
    'toString',
    'access_token',
    '%zz',
    '%00',
  ].map((name): BadQuery => [`${name}=x`, 'There is no parameter ']),
  [`${'x'.repeat(5_000)}=x`, unknown('x'.repeat(64))],
  ['limit', 'limit must be '],
  ['=x', unknown('')],
];
