import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import type { PseudonymConfig, PseudonymousFact } from '@admit-one/config';
import type { AuditFilter, FactCondition, FilterFact, ReceivedEvent } from '@admit-one/core';
import { canonicalAddress, canonicalPrefix } from '@admit-one/text';

/** Replaces values by pseudonyms: in events before they are stored, and in filters, so that a search by value still works. */
export interface Pseudonyms {
  ofEvent(event: ReceivedEvent): ReceivedEvent;
  /** @throws {UnsearchablePrefix} */
  ofFilter(filter: AuditFilter): AuditFilter;
}

/** A filter has an address prefix of another length than pseudonyms keep. */
export class UnsearchablePrefix extends Error {
  constructor() {
    super('an address prefix is neither /24 of IPv4 nor /64 of IPv6');
    this.name = 'UnsearchablePrefix';
  }
}

export const noPseudonyms: Pseudonyms = { ofEvent: (event) => event, ofFilter: (filter) => filter };

const TEXT = 'pseudonym:';
/** The unique local addresses (RFC 4193) that pseudonyms of addresses are of. */
const ADDRESS = /^fd[0-9a-f]{2}:/;
/** Free claims of the principal, whose names are the operator's. */
const ATTRIBUTES = 'attributes';

/**
 * A pseudonym is a keyed digest (HMAC-SHA-256) of the fact and its value. That of an address is itself an address: its
 * first 64 bits are of the /24 or /64 prefix and the others of the address, so that addresses of one prefix still have one.
 */
export function createPseudonyms({ facts, key }: PseudonymConfig): Pseudonyms {
  const hidden: ReadonlySet<string> = new Set(facts);
  const isHidden = (fact: string): fact is PseudonymousFact => hidden.has(fact);

  function digestOf(kind: string, value: string): Buffer {
    return createHmac('sha256', key).update(`${kind}\0${value}`).digest();
  }

  function pseudonymOf(fact: PseudonymousFact, value: string): string {
    const address = fact === 'address' ? canonicalAddress(value) : null;
    if (address === null) return `${TEXT}${digestOf(fact, value).toString('base64url').slice(0, 22)}`;
    const bare = address.split('%', 1)[0] ?? '';
    const network = networkOf(canonicalPrefix(`${bare}/${isIP(bare) === 6 ? 64 : 24}`) ?? bare);
    return addressOf(Buffer.concat([network, digestOf('address', bare).subarray(0, 8)]));
  }

  function networkOf(prefix: string): Buffer {
    return Buffer.concat([Buffer.from([0xfd]), digestOf('prefix', prefix).subarray(0, 7)]);
  }

  function replaced(value: unknown, name = ''): unknown {
    if (typeof value === 'string') return isHidden(name) && value !== '' ? pseudonymOf(name, value) : value;
    if (typeof value !== 'object' || value === null || name === ATTRIBUTES) return value;
    if (Array.isArray(value)) return value.map((item) => replaced(item, name));
    return Object.fromEntries(
      Object.entries(value).map(([member, inner]) => [member, replaced(inner, member)]),
    );
  }

  /** The stored forms of a searched value: its pseudonym, and itself where it may be a pseudonym that was shown. */
  function searched(fact: FilterFact, value: string): readonly string[] {
    if (!isHidden(fact) || value.startsWith(TEXT)) return [value];
    const asShown = fact === 'address' && ADDRESS.test(value) ? [value] : [];
    return [...asShown, ...storedForms(fact, value)];
  }

  function storedForms(fact: PseudonymousFact, value: string): readonly string[] {
    if (fact !== 'address' || !value.includes('/')) return [pseudonymOf(fact, value)];
    const [address = '', length] = value.split('/', 2);
    if (length === (isIP(address) === 6 ? '64' : '24'))
      return [`${addressOf(Buffer.concat([networkOf(value), Buffer.alloc(8)]))}/64`];
    throw new UnsearchablePrefix();
  }

  function ofCondition(fact: FilterFact, { include, exclude }: FactCondition): FactCondition {
    const all = (values: readonly string[]) => values.flatMap((value) => searched(fact, value));
    return { ...(include ? { include: all(include) } : {}), ...(exclude ? { exclude: all(exclude) } : {}) };
  }

  return {
    ofEvent: (event) => ({ ...event, data: replaced(event.data) as ReceivedEvent['data'] }),
    ofFilter({ facts: conditions = {}, anyOf, ...filter }) {
      const given = Object.entries(conditions) as [FilterFact, FactCondition][];
      return {
        ...filter,
        facts: Object.fromEntries(given.map(([fact, condition]) => [fact, ofCondition(fact, condition)])),
        ...(anyOf
          ? {
              anyOf: anyOf.flatMap(({ fact, value }) =>
                searched(fact, value).map((form) => ({ fact, value: form })),
              ),
            }
          : {}),
      };
    },
  };
}

function addressOf(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, n) => bytes.readUInt16BE(2 * n).toString(16));
  return canonicalAddress(groups.join(':')) ?? '';
}
