import { isReason } from '@admit-one/core/reasons';
import { type Criterion, criterion, isCriterionName } from '../criteria.ts';
import { addressIn } from './address-in.ts';
import { canHash, idOfTicket } from './ticket-id.ts';

/** What a text that was typed or pasted asks for. */
export interface Understood {
  readonly criteria: readonly Criterion[];
  /** Times that were given as `from:…` and `to:…`, as typed. */
  readonly from?: string;
  readonly to?: string;
  /** What was understood otherwise than typed, or left out. */
  readonly notes: readonly Note[];
}

export type Note =
  /** 32 hex digits were taken for a ticket. They may have been a trace id, which the operator can say. */
  | { readonly kind: 'ticket'; readonly hex: string }
  | { readonly kind: 'secret' }
  | { readonly kind: 'cannot-hash' };

/** As the core finds a ticket: alone, as a subprotocol (`ticket.…`) or in a URL (`?ticket=…`). */
const TICKET = /^([\da-f]{32})$|ticket(?:[.=:"]|%3D)+([\da-f]{32})(?![\da-f])/i;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/i;
/** A token, alone or with what carries it: a header, a member, a parameter or a subprotocol. */
const CREDENTIAL = /^bearer$|eyJ[\w-]{8,}\.[\w-]+/i;
const TYPE = /^admit(\.[a-z]+){2,}$/;
const URL_LIKE = /^[a-z][\w+.-]*:\/\/[^\s/]+/i;
const ADDRESS_WITH_PORT = /^\[[\da-f:.]+\]:\d+$/i;
const DIGEST = /^[\w-]{43}$/;
const NAMED = /^(-)?([\w.]+)(!?)[:=](.+)$/s;
const TOKENS = /(?:[^\s"]+[:=])?"[^"]*"|\S+/g;

/** Names that logs, messages and people use, in lower case. */
const aliases: Readonly<Record<string, string>> = {
  ...{ ticketid: 'ticket', supportcode: 'ticket', support: 'ticket', code: 'ticket', sessionid: 'session' },
  ...{ sid: 'session', userid: 'user', sub: 'user', connectionid: 'connection', ip: 'address' },
  ...{ prefix: 'address', traceid: 'trace', trace_id: 'trace', traceparent: 'trace', text: 'q' },
};

/** Reads what was typed or pasted. A ticket is replaced by its id, and a token is left out: neither is sent. */
export async function understand(text: string): Promise<Understood> {
  const parts = (pairsOfJson(text) ?? withoutSpaces(text).match(TOKENS) ?? [])
    .map(bare)
    .filter((part) => part !== '');
  const read = await Promise.all(parts.map(understandPart));
  const unknown = read.filter(({ criteria: [first] }) => first?.name === 'q');
  const whole = unknown.length > 1 && unknown.length === parts.length;
  const criteria = whole ? [criterion('q', text.trim())] : read.flatMap((part) => part.criteria);
  return { ...Object.assign({}, ...read), criteria, notes: read.flatMap((part) => part.notes) };
}

/** `Support code: u7lq…` as `support:u7lq…`: a known name with a space behind it, as people write them. */
function withoutSpaces(text: string): string {
  return text
    .replace(/\b(support|ticket|session|user|connection|trace)[ _-](?:code|id)\b/gi, '$1')
    .replace(/\b([\w.]+)[:=]\s+(?=\S)/g, (all, name: string) => (nameOf(name) === null ? all : `${name}:`));
}

/** The fact that a name stands for; null where it stands for none. */
function nameOf(given: string): string | null {
  if (isCriterionName(given)) return given;
  const name = aliases[given.toLowerCase()] ?? given.toLowerCase();
  return isCriterionName(name) ? name : null;
}

/** The members of a log line or an event that name facts, as `name:value`; undefined where the text is no JSON object. */
function pairsOfJson(text: string): readonly string[] | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const found: string[] = [];
    JSON.parse(text, (name, value: unknown) => {
      if (typeof value === 'string' && nameOf(name) !== null) found.push(`${name}:${value}`);
      return value;
    });
    return found.length > 0 ? [...new Set(found)] : undefined;
  } catch {
    return undefined;
  }
}

/** Without the quotes and brackets that text has around values. */
function bare(part: string): string {
  if (ADDRESS_WITH_PORT.test(part)) return part;
  return part.replace(/^["'`(<[{]+(?=[^"]*["'`)>\]},.;]*$)/, '').replace(/["'`)>\]},.;]+$/, '');
}

async function understandPart(part: string): Promise<Understood> {
  const [, minus, givenName = '', bang, quoted = ''] = NAMED.exec(part) ?? [];
  const name = nameOf(givenName) ?? givenName.toLowerCase();
  const value = quoted.replace(/^"(.*)"?$/s, '$1');
  const negated = minus !== undefined || bang === '!';
  // Of a URL, the origin alone is searched.
  if (CREDENTIAL.test(part) && !URL_LIKE.test(part)) return { criteria: [], notes: [{ kind: 'secret' }] };
  if (name === 'from' || name === 'to') return { criteria: [], notes: [], [name]: value };
  if (name === 'ticket')
    return TICKET.test(value) ? hashed(value, negated) : only(criterion(name, value, negated));
  if (name === 'trace') return only(criterion(name, TRACEPARENT.exec(value)?.[1] ?? value, negated));
  if (isCriterionName(name) && !value.match(TICKET)?.[2]) return only(criterion(name, value, negated));
  if (TICKET.test(part)) return hashed(part, false);
  return only(valueCriterion(part));
}

function only(one: Criterion): Understood {
  return { criteria: [one], notes: [] };
}

async function hashed(text: string, negated: boolean): Promise<Understood> {
  const [, alone, carried = ''] = TICKET.exec(text) ?? [];
  if (!canHash()) return { criteria: [], notes: [{ kind: 'cannot-hash' }] };
  const id = await idOfTicket(alone ?? carried);
  const notes: readonly Note[] = alone === undefined ? [] : [{ kind: 'ticket', hex: alone.toLowerCase() }];
  return { criteria: [criterion('ticket', id, negated)], notes };
}

/** What a value without a name is. `q` lets the audit log search it as each of several facts. */
function valueCriterion(value: string): Criterion {
  const [, trace] = TRACEPARENT.exec(value) ?? [];
  if (trace !== undefined) return criterion('trace', trace.toLowerCase());
  const address = addressIn(value);
  if (address !== null) return criterion('address', address);
  const [origin] = URL_LIKE.exec(value) ?? [];
  if (origin !== undefined) return criterion('origin', origin.toLowerCase());
  if (TYPE.test(value)) return criterion('type', value);
  if (isReason(value)) return criterion('reason', value);
  if (DIGEST.test(value)) return criterion('ticket', value);
  return criterion('q', value);
}
