import { isIP } from 'node:net';
import { type AuditFilter, type FactCondition, type FilterFact, LATEST_MS } from '@admit-one/core';
import { factColumns, prefixOf } from './columns.ts';
import type { ConditionOf, Parameters } from './parameters.ts';
import { indexable } from './values.ts';

/** A ticket id is SHA-256 as base64url. */
const TICKET_ID_LENGTH = 43;

/** SQL conditions on the table `event`, which all must hold. */
export function conditionsOf(filter: AuditFilter, parameters: Parameters): string[] {
  const { facts = {}, attributes = {}, anyOf } = filter;
  return [
    ...Object.entries(facts).flatMap(([fact, condition]) =>
      both(condition, (values) => isOneOf(fact as FilterFact, values, parameters)),
    ),
    ...Object.entries(attributes).flatMap(([name, condition]) =>
      both(condition, (values) => {
        const value = `attributes ->> ${parameters.add(indexable(name), 'text')}`;
        return `${value} = ANY (${parameters.add(values.map(indexable), 'text[]')})`;
      }),
    ),
    ...(anyOf ? [oneOfConditions(anyOf, parameters)] : []),
    ...rangeConditions(filter, parameters),
  ];
}

/** The times of a filter. As `timestamptz` parameters, they let the planner leave partitions out. */
export function rangeConditions({ from, to }: AuditFilter, parameters: Parameters): string[] {
  return [
    ...(from === undefined ? [] : [`time >= ${instant(Date.parse(from), parameters)}`]),
    ...(to === undefined ? [] : [`time < ${instant(Date.parse(to), parameters)}`]),
  ];
}

/** Unix milliseconds as a parameter. */
export function instant(ms: number, parameters: Parameters): string {
  return parameters.add(ms > LATEST_MS ? 'infinity' : new Date(ms).toISOString(), 'timestamptz');
}

/** A part of the log that an index finds, and that every match lies in. */
export interface IndexedPart {
  readonly condition: ConditionOf;
  /** Whether the index has it in the order of time. */
  readonly isOrdered: boolean;
}

/** The facts with an index, those that few events share first. */
const indexedFacts: readonly FilterFact[] = ['ticket', 'connection', 'trace', 'session', 'user', 'address'];

/** Null where the filter asks for no fact that has an index. */
export function indexedPartOf({ facts = {}, anyOf }: AuditFilter): IndexedPart | null {
  for (const fact of indexedFacts) {
    const values = facts[fact]?.include;
    if (values) return partOf(fact, values);
  }
  if (!anyOf?.every(({ fact }) => indexedFacts.includes(fact))) return null;
  return { condition: (parameters) => oneOfConditions(anyOf, parameters), isOrdered: false };
}

function partOf(fact: FilterFact, values: readonly string[]): IndexedPart {
  const [value = ''] = values;
  const network = fact === 'address' && values.length === 1 ? networkOf(value) : null;
  if (network?.isIndexed)
    return {
      condition: (parameters) => `prefix = ${prefixOf(parameters.add(network.text, 'inet'))}`,
      isOrdered: true,
    };
  return {
    condition: (parameters) => isOneOf(fact, values, parameters),
    isOrdered: (fact === 'session' || fact === 'user') && values.length === 1,
  };
}

function both(
  condition: FactCondition | undefined,
  conditionOf: (values: readonly string[]) => string,
): string[] {
  const { include, exclude } = condition ?? {};
  return [
    ...(include ? [conditionOf(include)] : []),
    ...(exclude && exclude.length > 0 ? [`(${conditionOf(exclude)}) IS NOT TRUE`] : []),
  ];
}

function oneOfConditions(alternatives: NonNullable<AuditFilter['anyOf']>, parameters: Parameters): string {
  return either(alternatives.map(({ fact, value }) => isOneOf(fact, [value], parameters)));
}

function isOneOf(fact: FilterFact, values: readonly string[], parameters: Parameters): string {
  switch (fact) {
    case 'ticket':
      return either(values.map((value) => ticketCondition(value, parameters)));
    case 'address':
      return either(values.map((value) => addressCondition(value, parameters)));
    case 'trace': {
      const traces = values.filter((value) => /^[0-9a-f]{32}$/.test(value));
      return `trace = ANY (${parameters.add(traces, 'uuid[]')})`;
    }
    default: {
      const column = fact === 'type' || fact === 'source' ? fact : factColumns[fact];
      const [value] = values;
      return values.length === 1 && value !== undefined
        ? `${column} = ${parameters.add(indexable(value), 'text')}`
        : `${column} = ANY (${parameters.add(values.map(indexable), 'text[]')})`;
    }
  }
}

function either(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : `(${conditions.join(' OR ')})`;
}

/** Text is compared by code point, and U+10FFFF is the last. */
function ticketCondition(value: string, parameters: Parameters): string {
  if (value === '') return 'false';
  const ticket = parameters.add(indexable(value), 'text');
  if (value.length >= TICKET_ID_LENGTH) return `ticket = ${ticket}`;
  return `(ticket >= ${ticket} AND ticket < ${parameters.add(`${indexable(value)}\u{10ffff}`, 'text')})`;
}

function addressCondition(value: string, parameters: Parameters): string {
  const network = networkOf(value);
  if (!network) return 'false';
  const net = parameters.add(network.text, 'inet');
  const within = `address <<= ${net}`;
  return network.isIndexed
    ? `(prefix = ${prefixOf(net)} AND ${within})`
    : `(prefix <<= ${net} AND ${within})`;
}

/** An address, or a prefix in CIDR notation; `isIndexed` where it lies in one value of `prefix`. Null for other text. */
function networkOf(value: string): { readonly text: string; readonly isIndexed: boolean } | null {
  const [withZone = '', length] = value.split('/', 2);
  const [address = ''] = withZone.split('%', 1);
  const version = isIP(address);
  const bits = version === 4 ? 32 : 128;
  if (version === 0 || (length !== undefined && !(/^\d{1,3}$/.test(length) && Number(length) <= bits)))
    return null;
  return {
    text: length === undefined ? address : `${address}/${length}`,
    isIndexed: Number(length ?? bits) >= (version === 4 ? 24 : 64),
  };
}
