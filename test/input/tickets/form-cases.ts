import {
  badHeader,
  badProtocols,
  badTarget,
  type FormCase,
  offer,
  query,
  type Refusal,
  tooLong,
} from './ticket-case.ts';

const missing = 'ticket_missing';
const malformed = 'ticket_malformed';

type Row = readonly [what: string, make: (ticket: string, other: string) => string, outcome: Refusal];

/** Letters and digits that look the same, or are the same in another form of Unicode. */
const fullWidth = (text: string): string =>
  text.replace(/./g, (character) => String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0));
const cyrillic = 'асе'.repeat(11).slice(0, 32);
const percent = (text: string): string =>
  text.replace(/./g, (character) => `%${character.charCodeAt(0).toString(16)}`);

const inQuery: readonly Row[] = [
  ['nothing', () => '', missing],
  ['another parameter', (ticket) => `token=${ticket}`, missing],
  ['another case of the name', (ticket) => `Ticket=${ticket}`, missing],
  ['only a value', (ticket) => ticket, missing],
  ['an empty one', () => 'ticket=', malformed],
  ['a name alone', () => 'ticket', malformed],
  ['one character short', (ticket) => `ticket=${ticket.slice(1)}`, malformed],
  ['one character long', (ticket) => `ticket=${ticket}0`, malformed],
  ['upper case', (ticket) => `ticket=${ticket.slice(0, -1)}A`, malformed],
  ['a letter that is no hex', (ticket) => `ticket=${ticket.slice(0, -1)}g`, malformed],
  ['NUL, encoded', (ticket) => `ticket=${ticket}%00`, malformed],
  ['NUL in the place of the last', (ticket) => `ticket=${ticket.slice(0, -1)}%00`, malformed],
  ['NUL, raw', (ticket) => `ticket=${ticket}\0`, badTarget],
  ['a line break, encoded', (ticket) => `ticket=${ticket}%0a`, malformed],
  ['a blank before it, encoded', (ticket) => `ticket=%20${ticket}`, malformed],
  ['a plus sign before it', (ticket) => `ticket=+${ticket}`, malformed],
  ['full-width characters', (ticket) => `ticket=${encodeURIComponent(fullWidth(ticket))}`, malformed],
  ['Cyrillic letters', () => `ticket=${encodeURIComponent(cyrillic)}`, malformed],
  ['Latin-1, raw', (ticket) => `ticket=${ticket.slice(1)}\xe9`, badTarget],
  ['percent-encoded', (ticket) => `ticket=${percent(ticket)}`, malformed],
  ['percent-encoded twice', (ticket) => `ticket=${encodeURIComponent(percent(ticket))}`, malformed],
  ['a bad percent-encoding', (ticket) => `ticket=${ticket.slice(2)}%zz`, malformed],
  ['a name that is encoded', (ticket) => `%74icket=${ticket}`, malformed],
  ['the same twice', (ticket) => `ticket=${ticket}&ticket=${ticket}`, malformed],
  ['two of them', (ticket, other) => `ticket=${ticket}&ticket=${other}`, malformed],
  ['a second one, encoded', (ticket, other) => `ticket=${ticket}&%74icket=${other}`, malformed],
  ['two by a comma', (ticket, other) => `ticket=${ticket},${other}`, malformed],
  ['two by a semicolon', (ticket, other) => `ticket=${ticket};ticket=${other}`, malformed],
  ['an array', (ticket) => `ticket[]=${ticket}`, malformed],
  ['an array, encoded', (ticket) => `ticket%5B%5D=${ticket}`, malformed],
  ['an array with an index', (ticket) => `ticket[0]=${ticket}`, malformed],
  ['one and an array', (ticket, other) => `ticket=${ticket}&ticket[]=${other}`, malformed],
  ['an object', (ticket) => `ticket[$ne]=${ticket}`, malformed],
  ['__proto__', () => 'ticket=__proto__', malformed],
  ['a member of __proto__', (ticket) => `__proto__[ticket]=${ticket}`, missing],
  ['quotes', (ticket) => `ticket=%22${ticket}%22`, malformed],
  ['14 KiB', () => `ticket=${'a'.repeat(14 * 1024)}`, malformed],
  ['16 KiB', () => `ticket=${'a'.repeat(16 * 1024)}`, tooLong],
];

const inSubprotocol: readonly Row[] = [
  ['nothing', () => 'admit.v1', missing],
  ['another prefix', (ticket) => `admit.v1, token.${ticket}`, missing],
  ['another case of the prefix', (ticket) => `admit.v1, Ticket.${ticket}`, missing],
  ['only a value', (ticket) => `admit.v1, ${ticket}`, missing],
  ['an empty one', () => 'admit.v1, ticket.', malformed],
  ['one character short', (ticket) => `admit.v1, ticket.${ticket.slice(1)}`, malformed],
  ['one character long', (ticket) => `admit.v1, ticket.${ticket}0`, malformed],
  ['upper case', (ticket) => `admit.v1, ticket.${ticket.slice(0, -1)}A`, malformed],
  ['a letter that is no hex', (ticket) => `admit.v1, ticket.${ticket.slice(0, -1)}g`, malformed],
  ['a second dot', (ticket) => `admit.v1, ticket..${ticket}`, malformed],
  ['percent-encoded', (ticket) => `admit.v1, ticket.${percent(ticket)}`, malformed],
  ['two of them', (ticket, other) => `ticket.${ticket}, ticket.${other}`, malformed],
  ['__proto__', () => 'admit.v1, ticket.__proto__', malformed],
  ['the same twice', (ticket) => `ticket.${ticket}, ticket.${ticket}`, badProtocols],
  ['an array', (ticket) => `ticket[].${ticket}`, badProtocols],
  ['a blank within', (ticket) => `ticket. ${ticket}`, badProtocols],
  ['an equals sign', (ticket) => `ticket=${ticket}`, badProtocols],
  ['Latin-1, raw', (ticket) => `ticket.${ticket.slice(1)}\xe9`, badProtocols],
  ['NUL, raw', (ticket) => `ticket.${ticket}\0`, badHeader],
  ['4 KiB', () => `ticket.${'a'.repeat(4 * 1024)}`, badProtocols],
  ['16 KiB', () => `ticket.${'a'.repeat(16 * 1024)}`, tooLong],
];

const inBoth: readonly FormCase[] = [
  {
    what: 'the same in query and subprotocol',
    present: (ticket) => ({ ...query(`ticket=${ticket}`), protocols: ['admit.v1', `ticket.${ticket}`] }),
    outcome: malformed,
  },
  {
    what: 'two, one in query and one in subprotocol',
    present: (ticket, other) => ({ ...query(`ticket=${ticket}`), protocols: [`ticket.${other}`] }),
    outcome: malformed,
  },
  {
    what: 'a good one in the subprotocol, a bad one in the query',
    present: (ticket) => ({ ...query('ticket='), protocols: [`ticket.${ticket}`] }),
    outcome: malformed,
  },
  {
    what: 'a good one where no carrier is',
    present: (ticket) => ({
      target: '/ws',
      headers: { authorization: `Bearer ${ticket}`, cookie: `ticket=${ticket}`, ticket },
    }),
    outcome: missing,
  },
];

/** Everything that may stand in a ticket's place. */
export const formCases: readonly FormCase[] = [
  ...inQuery.map(([what, make, outcome]) => ({
    what: `${what}, in the query`,
    present: (ticket: string, other: string) => query(make(ticket, other)),
    outcome,
  })),
  ...inSubprotocol.map(([what, make, outcome]) => ({
    what: `${what}, as a subprotocol`,
    present: (ticket: string, other: string) => offer(make(ticket, other)),
    outcome,
  })),
  ...inBoth,
];
