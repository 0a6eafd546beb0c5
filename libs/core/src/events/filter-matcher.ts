import { BlockList, isIP } from 'node:net';
import { parseInstant } from '../instant.ts';
import type { AuditFilter, FactCondition, FilterFact } from '../ports/audit-search.ts';
import type { ReceivedEvent } from './cloud-event.ts';
import { factsOf } from './event-facts.ts';

type Test = (value: string | null) => boolean;

/**
 * Whether an event meets a filter: the meaning of `AuditFilter`, without a database. Live views filter by it, and tests
 * hold the search of the audit log against it.
 */
export function filterMatcher(filter: AuditFilter): (event: ReceivedEvent) => boolean {
  const { facts = {}, attributes = {}, anyOf } = filter;
  const from = msOf(filter.from) ?? Number.NEGATIVE_INFINITY;
  const to = msOf(filter.to) ?? Number.POSITIVE_INFINITY;
  const ofFacts = Object.entries(facts).map(
    ([fact, condition]) => [fact as FilterFact, conditionTest(fact, condition)] as const,
  );
  const ofAttributes = Object.entries(attributes).map(
    ([name, condition]) => [name, conditionTest('attribute', condition)] as const,
  );
  const alternatives = anyOf?.map(({ fact, value }) => [fact, valuesTest(fact, [value])] as const);

  return (event) => {
    const found = factsOf(event);
    const factOf = (fact: FilterFact) =>
      fact === 'type' || fact === 'source' ? event[fact] : (found[fact] ?? null);
    const time = msOf(event.time) ?? Number.NaN;
    return (
      from <= time &&
      time < to &&
      ofFacts.every(([fact, test]) => test(factOf(fact))) &&
      ofAttributes.every(([name, test]) => test(attributeOf(found.attributes, name))) &&
      (alternatives?.some(([fact, test]) => test(factOf(fact))) ?? true)
    );
  };
}

function msOf(time: string | undefined): number | null {
  return time === undefined ? null : parseInstant(time);
}

function attributeOf(attributes: Readonly<Record<string, string>>, name: string): string | null {
  return Object.hasOwn(attributes, name) ? (attributes[name] ?? null) : null;
}

function conditionTest(fact: string, { include, exclude }: FactCondition = {}): Test {
  const isIncluded = include ? valuesTest(fact, include) : () => true;
  const isExcluded = valuesTest(fact, exclude ?? []);
  return (value) => isIncluded(value) && !isExcluded(value);
}

function valuesTest(fact: string, values: readonly string[]): Test {
  switch (fact) {
    case 'ticket':
      return (value) => value !== null && values.some((beginning) => value.startsWith(beginning));
    case 'address':
      return addressTest(values);
    default: {
      const wanted = new Set(values);
      return (value) => value !== null && wanted.has(value);
    }
  }
}

/** @param values addresses, and prefixes in CIDR notation */
function addressTest(values: readonly string[]): Test {
  // One for each family: a list takes IPv4 addresses for IPv6 ones that they are mapped to.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() } as const;
  for (const value of values) {
    const [address = '', length] = value.split('/', 2);
    const bare = withoutZone(address);
    const family = familyOf(bare);
    if (length === undefined) lists[family].addAddress(bare, family);
    else lists[family].addSubnet(bare, Number(length), family);
  }
  return (value) => {
    const bare = withoutZone(value ?? '');
    const family = familyOf(bare);
    return isIP(bare) !== 0 && lists[family].check(bare, family);
  };
}

/** The zone of a link-local address names an interface of the machine that saw it. */
function withoutZone(address: string): string {
  return address.split('%', 1)[0] ?? '';
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
