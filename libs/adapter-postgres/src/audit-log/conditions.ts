import { isIP } from 'node:net';
import { type AuditFilter, type FactCondition, type FilterFact, LATEST_MS } from '@admit-one/core';
import { factColumns, prefixOf } from './columns.ts';
import type { Parameters } from './parameters.ts';
import { indexable } from './values.ts';

/** A ticket id is SHA-256 as base64url. */
const TICKET_ID_LENGTH = 43;

/** SQL conditions on the table `event`, which all must hold. */
export function conditionsOf(filter: AuditFilter, parameters: Parameters): string[] {
  const { facts = {}, attributes = {}, anyOf } = filter;
  return [
    ...Object.entries(facts).flatMap(([fact, condition]) =>
      includedAndExcluded(condition, (values) => isOneOf(fact as FilterFact, values, parameters)),
    ),
    ...Object.entries(attributes).flatMap(([name, condition]) =>
      includedAndExcluded(condition, (values) => {
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

function includedAndExcluded(
  condition: FactCondition | undefined,
  conditionOf: (values: readonly string[]) => string,
): string[] {
  const { include, exclude } = condition ?? {};
  return [
    ...(include ? [conditionOf(include)] : []),
    ...(exclude && exclude.length > 0 ? [`(${conditionOf(exclude)}) IS NOT TRUE`] : []),
  ];
}

export function oneOfConditions(
  alternatives: NonNullable<AuditFilter['anyOf']>,
  parameters: Parameters,
): string {
  return either(alternatives.map(({ fact, value }) => isOneOf(fact, [value], parameters)));
}

export function isOneOf(fact: FilterFact, values: readonly string[], parameters: Parameters): string {
  switch (fact) {
    case 'ticket':
      return either(values.map((value) => ticketCondition(value, parameters)));
    case 'address':
      return either(values.map((value) => addressCondition(value, parameters)));
    case 'trace': {
      const traces = values.filter(isTraceId);
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

export function ticketCondition(value: string, parameters: Parameters): string {
  if (value === '') return 'false';
  const ticket = parameters.add(indexable(value), 'text');
  if (isWholeTicket(value)) return `ticket = ${ticket}`;
  return `(ticket >= ${ticket} AND ticket < ${ticket} || ${LAST_CHARACTER})`;
}

export function isTraceId(value: string): boolean {
  return /^[0-9a-f]{32}$/.test(value);
}

/** Not only what a ticket id begins with. */
export function isWholeTicket(value: string): boolean {
  return value.length >= TICKET_ID_LENGTH;
}

/** Text is compared by code point. */
const LAST_CHARACTER = `U&'\\+10FFFF'`;

function addressCondition(value: string, parameters: Parameters): string {
  const network = networkOf(value);
  if (!network) return 'false';
  const net = parameters.add(network.text, 'inet');
  const within = `address <<= ${net}`;
  return network.isIndexed
    ? `(prefix = ${prefixOf(net)} AND ${within})`
    : `(prefix <<= ${net} AND ${within})`;
}

export interface Network {
  /** An address, or a prefix in CIDR notation. */
  readonly text: string;
  /** Whether it lies in one value of the column `prefix`. */
  readonly isIndexed: boolean;
}

/** Null for other text than an address or a prefix. */
export function networkOf(value: string): Network | null {
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
