import { isIP } from 'node:net';
import type { AuditFilter, FactCondition, FilterFact } from '@admit-one/core';
import { factColumns, prefixOf } from './columns.ts';
import type { Parameters } from './parameters.ts';
import { indexable, timeOf } from './values.ts';

/** A ticket id is SHA-256 as base64url. */
const TICKET_ID_LENGTH = 43;

/** SQL conditions on the table `event`, which all must hold. */
export function conditionsOf(filter: AuditFilter, parameters: Parameters): string[] {
  const { facts = {}, attributes = {}, from, to } = filter;
  const conditions = [
    ...Object.entries(facts).flatMap(([fact, condition]) =>
      both(condition, (values) => anyOf(fact as FilterFact, values, parameters)),
    ),
    ...Object.entries(attributes).flatMap(([name, condition]) =>
      both(condition, (values) => {
        const value = `attributes ->> ${parameters.add(indexable(name), 'text')}`;
        return `${value} = ANY (${parameters.add(values.map(indexable), 'text[]')})`;
      }),
    ),
  ];
  if (filter.anyOf)
    conditions.push(either(filter.anyOf.map(({ fact, value }) => anyOf(fact, [value], parameters))));
  if (from !== undefined) conditions.push(`time >= ${timeOf(parameters.add(Date.parse(from), 'float8'))}`);
  if (to !== undefined) conditions.push(`time < ${timeOf(parameters.add(Date.parse(to), 'float8'))}`);
  return conditions;
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

function anyOf(fact: FilterFact, values: readonly string[], parameters: Parameters): string {
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
      return `${column} = ANY (${parameters.add(values.map(indexable), 'text[]')})`;
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
  const [address = '', length] = value.split('/', 2);
  const version = isIP(address);
  const bits = version === 4 ? 32 : 128;
  if (version === 0 || (length !== undefined && !(/^\d{1,3}$/.test(length) && Number(length) <= bits)))
    return 'false';
  const net = parameters.add(length === undefined ? address : value, 'inet');
  const indexed = version === 4 ? 24 : 64;
  const within = `address <<= ${net}`;
  return Number(length ?? bits) >= indexed
    ? `(prefix = ${prefixOf(net)} AND ${within})`
    : `(prefix <<= ${net} AND ${within})`;
}
